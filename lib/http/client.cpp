#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

#include "base/deleter.h"
#include "base/error.h"
#include "http/curl_library.h"

namespace lifeboat::http {
namespace {

using HeaderList = std::unique_ptr<curl_slist, Deleter<curl_slist_free_all>>;
using UrlParts = std::unique_ptr<CURLU, Deleter<curl_url_cleanup>>;

constexpr std::uint64_t kMostHeaderBytes = 256U << 10U;

/// One part of a URL, or "" if it has none.
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return {};
  const std::unique_ptr<char, Deleter<curl_free>> owner(text);
  return text;
}

/// Where a request goes, for messages and for the choice of a proxy.
struct Place {
  std::string scheme;
  std::string host;
  std::string shown;  ///< host:port
};

Place place_of(const std::string& url) {
  const UrlParts parts(curl_url());
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    throw Error(ErrorKind::usage, "the URL of the server cannot be parsed");
  }
  Place place{part_of(parts.get(), CURLUPART_SCHEME), part_of(parts.get(), CURLUPART_HOST), {}};
  const std::string port = part_of(parts.get(), CURLUPART_PORT);
  place.shown = place.host + (port.empty() ? "" : ":" + port);
  return place;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         host.starts_with("127.");
}

}  // namespace

/// What one send() works on; libcurl calls back into it.
class Client::Connection {
 public:
  Connection() : handle_(curl_easy_init()) {
    if (!handle_) throw Error(ErrorKind::internal, "libcurl makes no handle");
  }

  Response send(const Request& request, const ClientSettings& settings,
                const std::stop_token& stop) {
    const Place place = place_of(request.url);
    if (place.scheme != "https" && place.scheme != "http") {
      throw Error(ErrorKind::usage, "the server's URL is neither https nor http");
    }
    if (place.scheme == "http" && settings.plain_http == PlainHttp::refused) {
      throw Error(ErrorKind::usage,
                  "the server " + place.shown + " would be spoken to without TLS");
    }
    return with_context(place.shown, [&] { return exchange(request, settings, place, stop); });
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) {
      throw Error(ErrorKind::internal, "libcurl refuses option " + std::to_string(option));
    }
  }

  Response exchange(const Request& request, const ClientSettings& settings, const Place& place,
                    const std::stop_token& stop) {
    request_ = &request;
    settings_ = &settings;
    stop_ = stop;
    response_ = {};
    sent_bytes_ = 0;
    header_bytes_ = 0;
    moved_ = 0;
    last_move_ = std::chrono::steady_clock::now();
    failure_ = nullptr;
    curl_easy_reset(handle_.get());  // options only: the connection and its TLS session stay
    set_transport(settings, place);
    set_callbacks();
    const HeaderList headers = set_message(request);
    const CURLcode result = curl_easy_perform(handle_.get());
    if (failure_) std::rethrow_exception(failure_);
    if (result != CURLE_OK) throw error_of(result);
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }

  void set_transport(const ClientSettings& settings, const Place& place) {
    const bool plain = settings.plain_http == PlainHttp::allowed;
    set(CURLOPT_PROTOCOLS_STR, plain ? "https,http" : "https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!settings.ca_file.empty()) {
      set(CURLOPT_CAINFO, settings.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (is_this_machine(place.host)) set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);  // no signals: this process has threads
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
    if (settings.whole_timeout) {
      set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings.whole_timeout->count()));
    }
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    error_text_[0] = '\0';
  }

  void set_callbacks() {
    set(CURLOPT_WRITEFUNCTION, &Connection::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Connection::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_READFUNCTION, &Connection::give_body);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &Connection::rewind_body);
    set(CURLOPT_SEEKDATA, this);
    set(CURLOPT_XFERINFOFUNCTION, &Connection::look_around);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
  }

  /// The headers' list must live until the end of the transfer.
  HeaderList set_message(const Request& request) {
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_USERAGENT, "lifeboat/" LIFEBOAT_VERSION);
    const bool has_body = request.method == Method::put || request.method == Method::post;
    if (request.method == Method::head) set(CURLOPT_NOBODY, 1L);
    if (has_body) {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (request.method == Method::post || request.method == Method::remove) {
      set(CURLOPT_CUSTOMREQUEST, name_of(request.method).data());
    }
    HeaderList list;
    // No round trip to ask whether a body is welcome: servers behind proxies leave it unanswered.
    add(list, "Expect:");
    for (const Header& header : request.headers) add(list, header.name + ": " + header.value);
    set(CURLOPT_HTTPHEADER, list.get());
    return list;
  }

  static void add(HeaderList& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw Error(ErrorKind::internal, "libcurl is out of memory");
    static_cast<void>(list.release());
    list.reset(longer);
  }

  [[nodiscard]] Error error_of(CURLcode result) const {
    const std::string text =
        error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(result);
    switch (static_cast<int>(result)) {
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
        return {ErrorKind::denied, "its certificate is not to be trusted: " + text,
                "if it has a certificate authority of its own, name that one's file in "
                "AWS_CA_BUNDLE"};
      case CURLE_URL_MALFORMAT:
        return {ErrorKind::usage, text};
      case CURLE_OPERATION_TIMEDOUT:
        return {ErrorKind::unavailable, "no answer in time"};
      case CURLE_PARTIAL_FILE:
      case CURLE_GOT_NOTHING:
      case CURLE_RECV_ERROR:
      case CURLE_SEND_ERROR:
        return {ErrorKind::unavailable, "the connection broke off: " + text};
      default:
        return {ErrorKind::unavailable, text};
    }
  }

  /// Exceptions must not pass through C: kept, and thrown again behind the transfer.
  template <typename Work>
  bool guarded(Work&& work) noexcept {
    try {
      work();
      return true;
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }

  static std::size_t take_body(char* data, std::size_t one, std::size_t count, void* self) {
    auto& me = *static_cast<Connection*>(self);
    const bool taken = me.guarded([&] { me.append_body({data, one * count}); });
    return taken ? one * count : 0;
  }

  void append_body(std::string_view part) {
    const std::uint64_t most = request_->most_body_bytes;
    if (part.size() > most || response_.body.size() > most - part.size()) {
      throw Error(ErrorKind::corrupt,
                  "the answer is longer than the " + std::to_string(most) + " bytes allowed");
    }
    if (response_.body.empty()) {
      curl_off_t expected = -1;
      curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected);
      if (expected > 0) {
        response_.body.reserve(
            static_cast<std::size_t>(std::min(static_cast<std::uint64_t>(expected), most)));
      }
    }
    append(response_.body, as_bytes(part));
    if (settings_->pace) settings_->pace->keep(part.size(), stop_);
  }

  static std::size_t take_header(char* data, std::size_t one, std::size_t count, void* self) {
    auto& me = *static_cast<Connection*>(self);
    const bool taken = me.guarded([&] { me.note_header({data, one * count}); });
    return taken ? one * count : 0;
  }

  void note_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > kMostHeaderBytes) throw Error(ErrorKind::corrupt, "too many headers came");
    if (line.starts_with("HTTP/")) response_.headers.clear();  // of a 100 Continue before it
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view value = line.substr(colon + 1);
    const std::size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
    const std::size_t end = value.find_last_not_of(" \t\r\n");
    const std::size_t length = end == std::string_view::npos || end < begin ? 0 : end + 1 - begin;
    response_.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(value.substr(begin, length))});
  }

  static std::size_t give_body(char* into, std::size_t one, std::size_t count, void* self) {
    auto& me = *static_cast<Connection*>(self);
    std::size_t given = 0;
    const bool done = me.guarded([&] {
      const ByteView rest = me.request_->body.subspan(me.sent_bytes_);
      given = std::min(one * count, rest.size());
      if (given == 0) return;
      std::memcpy(into, rest.data(), given);
      me.sent_bytes_ += given;
      if (me.settings_->pace) me.settings_->pace->keep(given, me.stop_);
    });
    return done ? given : CURL_READFUNC_ABORT;
  }

  static int rewind_body(void* self, curl_off_t offset, int origin) {
    auto& me = *static_cast<Connection*>(self);
    if (origin != SEEK_SET || offset < 0 ||
        static_cast<std::uint64_t>(offset) > me.request_->body.size()) {
      return CURL_SEEKFUNC_FAIL;
    }
    me.response_.sent_again = true;
    me.sent_bytes_ = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
  }

  /// libcurl calls this whenever something moves, and once a second if nothing does.
  static int look_around(void* self, curl_off_t, curl_off_t came, curl_off_t, curl_off_t went) {
    auto& me = *static_cast<Connection*>(self);
    return me.guarded([&] { me.look_at_progress(came + went); }) ? 0 : 1;
  }

  // Not libcurl's own limit of speed: that one looks at the average of the last seconds.
  void look_at_progress(curl_off_t moved) {
    if (stop_.stop_requested()) {
      throw Error(ErrorKind::cancelled, "stopped while a request was under way");
    }
    const auto now = std::chrono::steady_clock::now();
    if (moved != moved_) {
      moved_ = moved;
      last_move_ = now;
    }
    if (now - last_move_ >= settings_->stall_timeout) {
      throw Error(ErrorKind::unavailable, "no answer in time");
    }
  }

  std::unique_ptr<CURL, Deleter<curl_easy_cleanup>> handle_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  const Request* request_ = nullptr;
  const ClientSettings* settings_ = nullptr;
  std::stop_token stop_;
  Response response_;
  std::size_t sent_bytes_ = 0;
  std::size_t header_bytes_ = 0;
  curl_off_t moved_ = 0;
  std::chrono::steady_clock::time_point last_move_;
  std::exception_ptr failure_;
};

struct Client::Pool {
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> idle;
};

/// A connection that belongs to one call.
class Client::Lease {
 public:
  explicit Lease(Pool& pool) : pool_(pool) {
    const std::scoped_lock lock(pool_.mutex);
    if (!pool_.idle.empty()) {
      connection_ = std::move(pool_.idle.back());
      pool_.idle.pop_back();
    }
  }
  ~Lease() {
    if (!connection_) return;
    const std::scoped_lock lock(pool_.mutex);
    pool_.idle.push_back(std::move(connection_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection& connection() {
    if (!connection_) connection_ = std::make_unique<Connection>();
    return *connection_;
  }

 private:
  Pool& pool_;
  std::unique_ptr<Connection> connection_;
};

Client::Client(ClientSettings settings)
    : settings_(std::move(settings)), pool_(std::make_unique<Pool>()) {
  start_curl();
}

Client::~Client() = default;

Response Client::send(const Request& request, const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped before a request");
  Lease lease(*pool_);
  return lease.connection().send(request, settings_, stop);
}

}  // namespace lifeboat::http
