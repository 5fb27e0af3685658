-- The nodes that live.
-- KEYS  1 {n}:nodes  2 {n}:alive
-- Answer {record, ...}, in no order

local alive = redis.call('ZRANGEBYSCORE', KEYS[2], string.format('(%.0f', now_ms()), '+inf')
local records = {}
for i, node in ipairs(alive) do records[i] = redis.call('HGET', KEYS[1], node) end
return records
