-- Everything of a shard at one moment.
-- KEYS  1 {s:ID}:head  2 {s:ID}:rooms  3 {s:ID}:done
-- Answer {seq, {game id, record, ...}, {game id, record or '' for a void, ...}}

local seq = redis.call('HGET', KEYS[1], 'seq')
return { tonumber(seq or 0), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]) }
