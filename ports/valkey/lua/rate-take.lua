-- Counts requests of one subject in a sliding window; ports/sliding-window.ts does the same in memory.
-- KEYS  1 rl:{SUBJECT} (list of "step cumulative level", oldest first; the head is the base: it lies before the window)
-- ARGV  1 wanted  2 limit  3 leak a step  4 steps that count, besides the current one  5 step ms  6 kept for ms  7 now in ms ('': the store's time)
--       8 given back of what was granted
-- Answer {granted (0: refused), remaining, ms until there is more}

local wanted, limit, leak = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window_steps, step_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local now = ARGV[7] == '' and now_ms() or tonumber(ARGV[7])

local function parse(entry)
  local step, cumulative, level = string.match(entry, '(%S+) (%S+) (%S+)')
  return tonumber(step), tonumber(cumulative), tonumber(level)
end

local last_step, cumulative, level = 0, 0, 0
local last = redis.call('LINDEX', KEYS[1], -1)
if last then last_step, cumulative, level = parse(last) end
-- A clock that went back must not open gaps: time stands still until it has caught up.
local step = math.max(math.floor(now / step_ms), last_step)

-- The head goes when the next one can be the base.
local first = redis.call('LRANGE', KEYS[1], 0, 1)
while first[2] and parse(first[2]) < step - window_steps do
  redis.call('LPOP', KEYS[1])
  first = redis.call('LRANGE', KEYS[1], 0, 1)
end
local base = 0
if first[1] then
  local _
  _, base = parse(first[1])
end

local total = cumulative - base
local back = math.min(tonumber(ARGV[8]), total)
level = math.max(0, level - (step - last_step) * leak - back)
local granted = math.max(0, math.min(wanted, limit - total + back, math.floor(limit - level + 0.000001)))
if granted > 0 or back > 0 then
  total = total + granted - back
  level = level + granted
  local entry = string.format('%.0f %.0f %.9f', step, cumulative + granted - back, level)
  if not last then redis.call('RPUSH', KEYS[1], '-1 0 0') end
  if last and last_step == step then redis.call('LSET', KEYS[1], -1, entry) else redis.call('RPUSH', KEYS[1], entry) end
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end

local by_level = math.floor(limit - level + 0.000001)
local reset_ms
if limit - total > by_level then
  reset_ms = math.ceil((level + 1 - limit) / leak - 0.000001) * step_ms
else
  local oldest = first[2] and parse(first[2]) or step
  reset_ms = (oldest + window_steps + 1) * step_ms - now
end
return { granted, math.max(0, math.min(limit - total, by_level)), math.max(step_ms, reset_ms) }
