-- Orders of the last 30 days that left later than their shipping method promises, or have not left yet.
select
  o.order_id,
  m.carrier,
  o.ordered_at,
  o.shipped_at,
  m.promised_days,
  ceil(extract(epoch from coalesce(o.shipped_at, now()) - o.ordered_at) / 86400)::int as days
from shop.orders as o
join shop.shipping_methods as m on m.code = o.shipping_method
where o.ordered_at >= now() - interval '30 days'
  and o.status in ('paid', 'shipped')
  and coalesce(o.shipped_at, now()) > o.ordered_at + make_interval(days => m.promised_days)
order by days desc, o.order_id;
