-- A game's record; a game that nobody created is void from now on.
-- KEYS  1 {s:ID}:head  2 {s:ID}:rooms  3 {s:ID}:done
-- ARGV  1 game id
-- Answer {'live', record} | {'done', record} | {'void'} | {'unsure'}: a failover leaves open what the owner had committed

local live = redis.call('HGET', KEYS[2], ARGV[1])
if live then return { 'live', live } end
local finished = redis.call('HGET', KEYS[3], ARGV[1])
if finished == '' then return { 'void' } end
if finished then return { 'done', finished } end
local head = read_head(KEYS[1])
if head and not head.dead then
  if head.graced or head.run ~= run_id() then return { 'unsure' } end
  redis.call('HSET', KEYS[3], ARGV[1], '')
end
return { 'void' }
