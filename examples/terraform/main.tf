# A group "Bots" that may manage the files of the namespace prod, a service account in it, and a token for CI.
#
#   export KESTRA_URL=https://postern.example.com KESTRA_API_TOKEN=pst_…   # an administrator's
#   terraform init && terraform apply
#   terraform output -raw deploy_token                                     # into the repository's secrets

terraform {
  required_providers {
    kestra = {
      source = "kestra-io/kestra"
    }
  }
}

provider "kestra" {}

resource "kestra_role" "namespace_files" {
  name        = "Namespace files"
  description = "Reads and writes the files of a namespace"

  resources {
    type    = "NAMESPACE"
    actions = ["VIEW", "LIST", "MANAGE_FILES"]
  }
}

resource "kestra_group" "bots" {
  name        = "Bots"
  description = "Applications that deploy"
}

# One binding governs all members of the group, in prod and every namespace below it.
resource "kestra_binding" "bots_in_prod" {
  type        = "GROUP"
  external_id = kestra_group.bots.id
  role_id     = kestra_role.namespace_files.id
  namespace   = "prod"
}

resource "kestra_service_account" "deploy_bot" {
  name        = "deploy-bot"
  description = "Deploys scripts from CI"

  groups {
    id = kestra_group.bots.id
  }
}

resource "kestra_service_account_api_token" "ci" {
  service_account_id = kestra_service_account.deploy_bot.id
  name               = "github-actions"
  description        = "Deploys scripts from CI"
  max_age            = "P90D"
}

resource "kestra_namespace_file" "readme" {
  namespace = "prod"
  filename  = "/README.md"
  content   = <<-EOT
    The files here are deployed from a repository. Change them there.
  EOT
}

# Shown once by the server; Terraform keeps it in its state, so keep that as safe as the token.
output "deploy_token" {
  value     = kestra_service_account_api_token.ci.full_token
  sensitive = true
}
