-- What the scripts share; it stands before each of them but lease.lua and drain.lua.

local ended = { succeeded = true, failed = true, cancelled = true }

-- The reply that stops a process whose lease is gone or another's; nothing for the one that holds it.
local function fence(lease, node, epoch)
  local held = redis.call('HGET', lease, 'epoch')
  if not held then
    return redis.error_reply('UNLEASED the lease of node ' .. node .. ' is gone and will be taken up again')
  end
  if held ~= epoch then
    return redis.error_reply('FENCED another process holds the lease of node ' .. node)
  end
end

-- One field of a stream's entry; empty where it has none of that name.
local function field_of(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then return fields[i + 1] end
  end
  return ''
end

-- The producer's bytes among the fields of an entry.
local function job_text(fields)
  return field_of(fields, 'job')
end

local function text_matching(value, pattern, longest)
  return type(value) == 'string' and #value <= longest and string.find(value, pattern) ~= nil
end

-- A job as far as a script needs it: its id and tenant are well-formed. Nothing for any other text.
local function peek(text)
  if #text > 1048576 then return nil end
  local readable, job = pcall(cjson.decode, text)
  if not readable or type(job) ~= 'table' then return nil end
  if not text_matching(job.tenant_id, '^[a-z0-9][a-z0-9_-]*$', 64) or #job.tenant_id < 3 then return nil end
  if not text_matching(job.id, '^[A-Za-z0-9_-]+$', 64) then return nil end
  return job
end
