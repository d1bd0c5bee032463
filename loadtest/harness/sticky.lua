-- One client with a cookie jar on all connections of a wrk thread. Every response is checked: its body has to name the
-- same backend as ever, and a cookie that the gateway renews replaces the old one.
-- Arguments: the cookie to begin with, the body to expect. The last line printed is one JSON object.

checked, changed = 0, 0

local cookie, expected, prepared

local function prepare(new_cookie)
  cookie = new_cookie
  wrk.headers["Cookie"] = cookie
  prepared = wrk.format()
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  expected = arguments[2] .. "\n"
  prepare(arguments[1])
end

function request()
  return prepared
end

function response(status, headers, body)
  checked = checked + 1
  if body ~= expected then
    changed = changed + 1
  end
  local renewed = headers["Set-Cookie"] or headers["set-cookie"]
  if renewed then
    prepare(renewed:match("^[^;]+"))
  end
end

function done(summary)
  local all_checked, all_changed = 0, 0
  for _, thread in ipairs(threads) do
    all_checked = all_checked + thread:get("checked")
    all_changed = all_changed + thread:get("changed")
  end
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"checked":%d,"changed":%d,'
      .. '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
    summary.requests, summary.duration / 1e6, all_checked, all_changed,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
