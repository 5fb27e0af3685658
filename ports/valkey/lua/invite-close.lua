-- Ends a host's open invite.
-- KEYS  1 {inv}:host:USER  2 {inv}:code:CODE
-- ARGV  1 code
-- Answer 1 | 0 (the host has another one open by now)

local code = redis.call('HGET', KEYS[1], 'code')
if code and code ~= ARGV[1] then return 0 end
if code then redis.call('DEL', KEYS[1], KEYS[2]) end
return 1
