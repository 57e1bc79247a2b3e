/** The claims that a federated credential can name, as a form asks for them. */

import type { Match } from '../../../../../shared/wire/federation.ts'

export interface Claim {
  readonly name: keyof Match
  readonly label: string
  readonly hint: string
  readonly isRequired?: boolean
  /** What the form holds before anything was typed. */
  readonly value?: string
  /** In a list, to know the credential by. */
  readonly isShown?: boolean
  /** Asked for seldom. */
  readonly isRare?: boolean
}

const SEVERAL = 'Several with spaces between.'

export const CLAIMS: readonly Claim[] = [
  {
    name: 'repository_id',
    label: 'Repository id',
    hint: 'A number, never used again. gh api repos/OWNER/REPO --jq .id shows it.',
    isRequired: true,
  },
  {
    name: 'repository_owner_id',
    label: 'Owner id',
    hint: 'gh api repos/OWNER/REPO --jq .owner.id shows it.',
    isRequired: true,
  },
  {
    name: 'ref',
    label: 'Branch or tag',
    hint: `As refs/heads/main; refs/tags/v* for all tags that start so. ${SEVERAL}`,
    value: 'refs/heads/main',
    isShown: true,
  },
  {
    name: 'environment',
    label: 'Environment',
    hint: 'Advised: environments have reviewers and branch rules.',
    isShown: true,
  },
  {
    name: 'event_name',
    label: 'Events',
    hint: 'Some run on the main branch but are set off by outsiders: name only those you need.',
    value: 'push workflow_dispatch',
    isShown: true,
  },
  {
    name: 'job_workflow_ref',
    label: 'Workflow of the job',
    hint: 'As OWNER/REPO/.github/workflows/deploy.yml@refs/heads/main. In place of a branch, or beside it.',
    isRare: true,
  },
  { name: 'workflow_ref', label: 'Workflow', hint: 'Of the run, in the same form.', isRare: true },
  { name: 'ref_type', label: 'Kind of ref', hint: 'branch or tag.', isRare: true },
  { name: 'ref_protected', label: 'Protected ref', hint: 'true or false.', isRare: true },
  { name: 'runner_environment', label: 'Runner', hint: 'github-hosted or self-hosted.', isRare: true },
  { name: 'repository_visibility', label: 'Visibility', hint: 'public, private or internal.', isRare: true },
  { name: 'actor_id', label: 'Actor id', hint: `Of who set the run off. ${SEVERAL}`, isRare: true },
  { name: 'enterprise_id', label: 'Enterprise id', hint: 'A number.', isRare: true },
]
