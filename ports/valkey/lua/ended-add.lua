-- Notes sessions that have ended.
-- KEYS  1 sess:ended (sorted set: 'user session', '' as session for all of the user, by the store's ms)
-- ARGV  1 kept for ms  2 kept at most  3.. members
-- Answer nil

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
