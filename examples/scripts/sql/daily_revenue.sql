-- Revenue by country for one day, beside the same weekday a week before.
-- Parameter: day. Used by send_daily_report.py.
select
  c.name as country,
  count(distinct o.order_id) filter (where o.day = %(day)s::date) as orders,
  coalesce(sum(l.quantity) filter (where o.day = %(day)s::date), 0) as units,
  coalesce(sum(l.quantity * l.unit_price_eur) filter (where o.day = %(day)s::date), 0) as revenue_eur,
  coalesce(sum(l.quantity * l.unit_price_eur) filter (where o.day = %(day)s::date - 7), 0) as week_before_eur
from shop.orders_by_day as o
join shop.order_lines as l using (order_id)
join shop.countries as c on c.code = o.country
where o.day in (%(day)s::date, %(day)s::date - 7)
group by c.name
order by revenue_eur desc, c.name;
