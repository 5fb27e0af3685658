-- Everything of a shard at one moment.
-- KEYS  1 {s:ID}:head  2 {s:ID}:rooms  3 {s:ID}:done
-- Answer {seq, {game id, record, ...}, {game id, record or '' for a void, ...}, how long ago the newest of them ended, ms; -1: none has}

local head = redis.call('HMGET', KEYS[1], 'seq', 'ended')
local age = head[2] and math.max(0, now_ms() - tonumber(head[2])) or -1
return { tonumber(head[1] or 0), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]), age }
