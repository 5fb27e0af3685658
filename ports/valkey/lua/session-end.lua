-- Ends one session.
-- KEYS  1 sess:TAG
-- ARGV  1 session id
-- Answer its lines | nil (it had ended)

local stored = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
return stored
