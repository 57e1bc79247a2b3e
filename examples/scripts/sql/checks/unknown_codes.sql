-- Countries and shipping methods the shop uses and reference/ does not list yet.
select distinct 'country' as kind, o.country::text as code
from shop.orders as o
where not exists (select 1 from shop.countries as c where c.code = o.country)
union all
select distinct 'shipping method', o.shipping_method
from shop.orders as o
where not exists (select 1 from shop.shipping_methods as m where m.code = o.shipping_method)
order by kind, code;
