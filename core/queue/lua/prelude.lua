-- What the scripts share; it stands before each of them but lease.lua.

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

-- The producer's bytes among the fields of an entry; empty where it has none.
local function job_text(fields)
  for i = 1, #fields, 2 do
    if fields[i] == 'job' then return fields[i + 1] end
  end
  return ''
end
