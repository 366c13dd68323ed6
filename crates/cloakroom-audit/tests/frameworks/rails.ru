# An application of Rails, with the defaults of its release and a secret of its own, as it runs in production.
ENV["RAILS_ENV"] = "production"
require "securerandom"
require "action_controller/railtie"

# The report's fixes, pasted where each belongs.
settings, filters = ENV.fetch("FIXES", "").lines.partition { |line| line.start_with?("config.") }

class Shop < Rails::Application
  config.load_defaults "#{Rails::VERSION::MAJOR}.#{Rails::VERSION::MINOR}"
  config.eager_load = false
  config.secret_key_base = SecureRandom.hex(64)
  config.logger = Logger.new(IO::NULL)
  routes.append { root to: "pages#index" }
end
Shop.class_eval(settings.join)

class PagesController < ActionController::Base
  def index
    session[:visits] = session.fetch(:visits, 0) + 1
    render html: "<p>#{session[:visits]}".html_safe
  end
end
PagesController.class_eval(filters.join)

Shop.initialize!
run Shop
