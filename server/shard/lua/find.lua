-- A game's record; changes nothing.
-- KEYS  1 {s:ID}:rooms  2 {s:ID}:done
-- ARGV  1 game id
-- Answer {'live', record} | {'done', record} | {'void'} | {'none'}

local live = redis.call('HGET', KEYS[1], ARGV[1])
if live then return { 'live', live } end
local finished = redis.call('HGET', KEYS[2], ARGV[1])
if not finished then return { 'none' } end
if finished == '' then return { 'void' } end
return { 'done', finished }
