-- Moves the oldest entries of the intake stream, in their order, each to the stream of its node.
--
-- KEYS[1]  the intake stream
-- ARGV     prefix, calling node, its epoch, current time (RFC 3339), most entries to move
-- Returns  how many were moved
--
-- The intake is read by range and each entry is deleted in the step that copies it, so nothing is lost where a
-- write is refused halfway (maxmemory): what was not moved is still there and comes first at the next call.
local prefix, caller, epoch, now, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local intake = KEYS[1]
local placements = prefix .. ':tenants'

local refusal = fence(prefix .. ':node:' .. caller, caller, epoch)
if refusal then return refusal end

local entries = redis.call('XRANGE', intake, '-', '+', 'COUNT', most)
if #entries == 0 then return 0 end

-- Every runner is a consumer of the group `router`, so the group is the list of nodes that ever joined.
local nodes
local function known_nodes()
  if nodes then return nodes end
  nodes = {}
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', intake, 'router')) do
    local name = consumer[2]
    local facts = redis.call('HMGET', prefix .. ':node:' .. name, 'state', 'tenants', 'capacity', 'stopping')
    nodes[name] = {
      active = facts[1] == 'active',
      draining = facts[1] == 'draining' and not facts[4],
      free = (tonumber(facts[3]) or 0) - (tonumber(facts[2]) or 0),
    }
  end
  return nodes
end

-- The active node with the most free capacity, by name where two are equal; nothing where none is active.
local function roomiest()
  local best
  for name, node in pairs(known_nodes()) do
    if node.active and (not best or node.free > nodes[best].free
        or (node.free == nodes[best].free and name < best)) then
      best = name
    end
  end
  return best
end

-- The node that a new tenant may go to; nothing where there is none, and the caller says so properly. One that is
-- down or stops may be asked for: the job waits for it.
local function home_for(job)
  if type(job.node) ~= 'string' then return roomiest() end
  local asked = known_nodes()[job.node]
  return asked and not asked.draining and job.node or nil
end

local function place(job)
  local node = redis.call('HGET', placements, job.tenant_id)
  if node then return node end
  node = job.action == 'provision' and home_for(job)
  if not node then return caller end
  redis.call('HSET', placements, job.tenant_id, node)
  local facts = known_nodes()[node]
  if facts and facts.active then
    facts.free = facts.free - 1
    redis.call('HINCRBY', prefix .. ':node:' .. node, 'tenants', 1)
  end
  return node
end

for _, entry in ipairs(entries) do
  local text = job_text(entry[2])
  local job = peek(text)
  local node = caller
  if job then
    node = place(job)
    local ledger = prefix .. ':job:' .. job.id
    if redis.call('EXISTS', ledger) == 0 then
      redis.call('HSET', ledger, 'state', 'queued', 'action', tostring(job.action), 'tenant_id', job.tenant_id,
        'node', node, 'attempts', '0', 'updated_at', now)
    end
  end
  redis.call('XADD', prefix .. ':node:' .. node .. ':jobs', '*', 'job', text, 'intake_id', entry[1])
  redis.call('XDEL', intake, entry[1])
end
redis.call('XGROUP', 'SETID', intake, 'router', entries[#entries][1])
return #entries
