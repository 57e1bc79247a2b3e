-- Résumé mensuel pour la comptabilité : chiffre d'affaires et retours par pays.
-- psql -v mois=2026-02-01 -f "reports/résumé mensuel.sql"
select
  c.name as "pays",
  count(distinct o.order_id) as "commandes",
  sum(l.quantity * l.unit_price_eur) filter (where l.quantity > 0) as "ventes (€)",
  coalesce(-sum(l.quantity * l.unit_price_eur) filter (where l.quantity < 0), 0) as "retours (€)",
  round(sum(l.quantity * l.unit_price_eur) * c.vat_rate / (100 + c.vat_rate), 2) as "dont TVA (€)"
from shop.orders_by_day as o
join shop.order_lines as l using (order_id)
join shop.countries as c on c.code = o.country
where o.day >= date_trunc('month', :'mois'::date)
  and o.day < date_trunc('month', :'mois'::date) + interval '1 month'
group by c.code, c.name, c.vat_rate
order by "ventes (€)" desc nulls last;
