-- Asked for by sales every quarter: the 50 customers with the most revenue in the last 90 days.
select
  o.customer_id,
  count(distinct o.order_id) as orders,
  sum(l.quantity * l.unit_price_eur) as revenue_eur,
  max(o.day) as last_order
from shop.orders_by_day as o
join shop.order_lines as l using (order_id)
where o.day >= current_date - 90
group by o.customer_id
having sum(l.quantity * l.unit_price_eur) > 0
order by revenue_eur desc, o.customer_id
limit 50;
