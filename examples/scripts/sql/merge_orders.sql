-- From order_stage (see etl/orders/load.py) into the shop's tables.
-- The export always holds whole orders, so lines that are gone from an order can be deleted.

insert into shop.orders as o
  (order_id, ordered_at, customer_id, country, status, shipping_method, shipped_at)
select distinct on (order_id)
  order_id, ordered_at, customer_id, country, status, shipping_method, shipped_at
from order_stage
order by order_id, line_no
on conflict (order_id) do update set
  ordered_at      = excluded.ordered_at,
  customer_id     = excluded.customer_id,
  country         = excluded.country,
  status          = excluded.status,
  shipping_method = excluded.shipping_method,
  shipped_at      = coalesce(excluded.shipped_at, o.shipped_at),
  loaded_at       = now();

delete from shop.order_lines as l
where l.order_id in (select s.order_id from order_stage as s)
  and not exists (
    select 1
    from order_stage as s
    where s.order_id = l.order_id
      and s.line_no = l.line_no
  );

insert into shop.order_lines (order_id, line_no, sku, size, quantity, unit_price_eur)
select order_id, line_no, sku, size, quantity, unit_price_eur
from order_stage
on conflict (order_id, line_no) do update set
  sku            = excluded.sku,
  size           = excluded.size,
  quantity       = excluded.quantity,
  unit_price_eur = excluded.unit_price_eur;
