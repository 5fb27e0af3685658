-- Put in front of the scripts that ask for the time. Effects are replicated, not scripts, so it may differ elsewhere.

-- The primary's wall clock, ms.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
