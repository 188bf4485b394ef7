-- Gives a tenant that comes back from a backup its placement on a node, or ends that, for a process without the node's
-- lease beside the one that may have it.
--
-- KEYS     the placements, the node's lease
-- ARGV     verb (`claim`, `take_over`, `give_back`), prefix, node, tenant, and to give back: the node that had it before,
--          empty where none had
-- Returns  the node that has the tenant now, and the one that had it before, empty where none had
--
-- claim      where no node has it.
-- take_over  also where the one that has it holds its lease no more.
-- give_back  where the node has it still.
local verb, prefix, node, tenant, before = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local placements, lease = KEYS[1], KEYS[2]
local held = redis.call('HGET', placements, tenant) or ''

-- A node that is down is counted anew when it comes back.
local function count(change)
  if redis.call('HGET', lease, 'epoch') then redis.call('HINCRBY', lease, 'tenants', change) end
end

local function is_down(other)
  return not redis.call('HGET', prefix .. ':node:' .. other, 'epoch')
end

if verb == 'give_back' then
  if held ~= node then return { held, held } end
  if before == '' then
    redis.call('HDEL', placements, tenant)
  else
    redis.call('HSET', placements, tenant, before)
  end
  count(-1)
  return { before, held }
end

if held == '' or (held ~= node and verb == 'take_over' and is_down(held)) then
  redis.call('HSET', placements, tenant, node)
  count(1)
elseif held ~= node then
  return { held, held }
end
-- It is not gone any more, should it have been deleted a moment ago.
redis.call('HDEL', lease .. ':gone', tenant)
return { node, held }
