-- Marks an invite used; its host has none open then. A repeat is answered again.
-- KEYS  1 {inv}:host:USER  2 {inv}:code:CODE
-- ARGV  1 now ms  2 an invite's life, ms  3 code  4 host  5 user  6 game id
-- Answer 1 | 0 (gone, or used otherwise) | -1 (the code is another host's by now)

local invite = redis.call('HMGET', KEYS[2], 'at', 'host', 'by', 'game')
if not invite[1] or tonumber(ARGV[1]) >= tonumber(invite[1]) + tonumber(ARGV[2]) then return 0 end
if invite[2] ~= ARGV[4] then return -1 end
if invite[3] and (invite[3] ~= ARGV[5] or invite[4] ~= ARGV[6]) then return 0 end
-- A repeat still writes, so that a durability wait covers the first one.
redis.call('HSET', KEYS[2], 'by', ARGV[5], 'game', ARGV[6])
if redis.call('HGET', KEYS[1], 'code') == ARGV[3] then redis.call('DEL', KEYS[1]) end
return 1
