-- Binds a key to a game unless it is bound.
-- KEYS  1 {b:KEY}
-- ARGV  1 game id  2 kept for ms
-- Answer the game id that it is bound to

local bound = redis.call('GET', KEYS[1])
if bound then return bound end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
