-- Every order has at least one line. Rows here mean a load was interrupted by hand.
select o.order_id, o.loaded_at
from shop.orders as o
left join shop.order_lines as l using (order_id)
where l.order_id is null
order by o.loaded_at;
