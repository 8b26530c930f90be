-- SPDX-License-Identifier: GPL-3.0-or-later
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"MedInc":0.5,"HouseAge":0.2,"AveRooms":0.3,"AveBedrms":0.4,"Population":0.5,"AveOccup":0.6,"Latitude":0.7,"Longitude":0.8}'
done = function(s, l, r)
  io.write(string.format('{"requests":%d,"errors":%d,"rps":%.1f,"p50_us":%d,"p90_us":%d,"p99_us":%d,"max_us":%d}\n', s.requests,
    s.errors.status + s.errors.read + s.errors.connect + s.errors.timeout, s.requests / s.duration * 1e6, l:percentile(50), l:percentile(90), l:percentile(99), l.max))
end
