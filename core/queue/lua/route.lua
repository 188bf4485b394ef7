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
    local facts = redis.call('HMGET', prefix .. ':node:' .. name, 'state', 'tenants', 'capacity')
    nodes[name] = {
      active = facts[1] == 'active',
      free = (tonumber(facts[3]) or 0) - (tonumber(facts[2]) or 0),
    }
  end
  return nodes
end

-- The active node with the most free capacity, by name where two are equal; the caller where none is active.
local function roomiest()
  local best
  for name, node in pairs(known_nodes()) do
    if node.active and (not best or node.free > nodes[best].free
        or (node.free == nodes[best].free and name < best)) then
      best = name
    end
  end
  return best or caller
end

local function text_matching(value, pattern, longest)
  return type(value) == 'string' and #value <= longest and string.find(value, pattern) ~= nil
end

-- The job, only as far as routing needs it. What cannot be read goes to the caller, which refuses it properly.
local function peek(text)
  if #text > 1048576 then return nil end
  local readable, job = pcall(cjson.decode, text)
  if not readable or type(job) ~= 'table' then return nil end
  if not text_matching(job.tenant_id, '^[a-z0-9][a-z0-9_-]*$', 64) or #job.tenant_id < 3 then return nil end
  if not text_matching(job.id, '^[A-Za-z0-9_-]+$', 64) then return nil end
  return job
end

local function place(job)
  local node = redis.call('HGET', placements, job.tenant_id)
  if node then return node end
  if job.action ~= 'provision' then return caller end
  if type(job.node) == 'string' then
    if not known_nodes()[job.node] then return caller end
    node = job.node
  else
    node = roomiest()
  end
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
