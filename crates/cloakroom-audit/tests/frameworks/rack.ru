# An application of Rack, set up as its documentation begins: a secret of its own, everything else left alone.
require "securerandom"

# The report's fixes, pasted.
fixes = eval("{ #{ENV["FIXES"]}\n}")
use Rack::Session::Cookie, secret: SecureRandom.hex(64), **fixes

run lambda { |env|
  session = env["rack.session"]
  session["visits"] = session.fetch("visits", 0) + 1
  [200, { "Content-Type" => "text/html" }, ["<p>#{session["visits"]}"]]
}
