-- Opens an invite, or answers with the one that the host has open.
-- KEYS  1 {inv}:host:USER (hash of the host's open invite: at, code, name)
--       2 {inv}:code:CODE (hash: at, host, name; by and game once used)
-- ARGV  1 now ms  2 an invite's life, ms  3 kept for ms  4 code  5 host  6 host's name
-- Answer {code, opened at ms, host's name} | nil (the code stands for another invite)

local now, life = tonumber(ARGV[1]), tonumber(ARGV[2])
local standing = redis.call('HMGET', KEYS[1], 'code', 'at', 'name')
if standing[1] and now < tonumber(standing[2]) + life then return standing end
local at = redis.call('HGET', KEYS[2], 'at')
if at and now < tonumber(at) + life then return nil end

redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'at', ARGV[1], 'code', ARGV[4], 'name', ARGV[6])
redis.call('HSET', KEYS[2], 'at', ARGV[1], 'host', ARGV[5], 'name', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return { ARGV[4], ARGV[1], ARGV[6] }
