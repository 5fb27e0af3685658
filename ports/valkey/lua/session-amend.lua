-- Changes sessions of a user.
-- KEYS  1 sess:TAG
-- ARGV  1 user id  2 only this session, '' all  3.. line, text, line, text, ...
-- Answer nil

each(KEYS[1], ARGV[1], function(id, lines)
  if ARGV[2] ~= '' and ARGV[2] ~= id then return end
  for i = 3, #ARGV, 2 do lines[tonumber(ARGV[i])] = ARGV[i + 1] end
  set(KEYS[1], id, lines)
end)
