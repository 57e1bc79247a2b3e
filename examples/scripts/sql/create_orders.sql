-- The shop's tables in the warehouse. PostgreSQL 14 or later; can be run again.

create schema if not exists shop;

create table if not exists shop.countries (
  code      char(2) primary key,
  name      text not null,
  currency  char(3) not null,
  vat_rate  numeric(4, 1) not null
);

create table if not exists shop.shipping_methods (
  code           text primary key,
  carrier        text not null,
  promised_days  smallint not null
);

create table if not exists shop.orders (
  order_id         bigint primary key,
  ordered_at       timestamptz not null,
  customer_id      bigint not null,
  country          char(2) not null,
  status           text not null check (status in ('paid', 'shipped', 'cancelled', 'refunded')),
  shipping_method  text not null,
  shipped_at       timestamptz,
  loaded_at        timestamptz not null default now()
);

create index if not exists orders_ordered_at on shop.orders (ordered_at);

create table if not exists shop.order_lines (
  order_id        bigint not null references shop.orders (order_id) on delete cascade,
  line_no         smallint not null,
  sku             text not null,
  size            text,
  quantity        integer not null check (quantity <> 0),  -- below zero: returned
  unit_price_eur  numeric(12, 2) not null,
  primary key (order_id, line_no)
);

-- A day is a day in the shop's time zone, and a cancelled order is no order.
create or replace view shop.orders_by_day as
select
  order_id,
  customer_id,
  country,
  (ordered_at at time zone 'Europe/Berlin')::date as day
from shop.orders
where status <> 'cancelled';
