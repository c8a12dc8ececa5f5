#include "harness/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"

namespace lifeboat::harness {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

void send_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return;
    at += static_cast<std::size_t>(sent);
  }
}

/// Appends what comes next; false at the end of the connection.
bool receive_more(int fd, std::string& to) {
  std::array<char, 64 * 1024> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  to.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::map<std::string, std::string> headers_of(const std::string& head) {
  std::map<std::string, std::string> headers;
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t end = head.find("\r\n", line);
    const std::size_t colon = head.find(':', line);
    if (colon < end) {
      const std::size_t value = std::min(head.find_first_not_of(' ', colon + 1), end);
      headers[in_lower_case(head.substr(line, colon - line))] = head.substr(value, end - value);
    }
    line = end + 2;
  }
  return headers;
}

/// The next request of a connection; `buffer` keeps what came behind it.
std::optional<HttpRequest> read_request(int fd, std::string& buffer) {
  std::size_t end = 0;
  while ((end = buffer.find(kEndOfHead)) == std::string::npos) {
    if (!receive_more(fd, buffer)) return std::nullopt;
  }
  HttpRequest request;
  request.head = buffer.substr(0, end + kEndOfHead.size());
  const std::size_t space = request.head.find(' ');
  const std::size_t second = request.head.find(' ', space + 1);
  request.method = request.head.substr(0, space);
  request.target = request.head.substr(space + 1, second - space - 1);
  request.headers = headers_of(request.head);
  const std::string length = request.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  buffer.erase(0, request.head.size());
  while (buffer.size() < size) {
    if (!receive_more(fd, buffer)) return std::nullopt;
  }
  request.body = buffer.substr(0, size);
  buffer.erase(0, size);
  return request;
}

}  // namespace

std::string HttpRequest::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? "" : at->second;
}

void HttpPeer::send(const std::string& bytes) { send_all(fd_, bytes); }

void HttpPeer::wait_for_the_client_to_go() {
  std::string ignored;
  while (receive_more(fd_, ignored)) {
  }
  hang_up();
}

std::string http_answer(int status, const std::string& body,
                        const std::vector<std::string>& headers) {
  std::string answer = "HTTP/1.1 " + std::to_string(status) + " As Asked\r\n";
  for (const std::string& header : headers) answer += header + "\r\n";
  return answer + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpServer::HttpServer(Handler handler)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!listener_ || ::bind(listener_.get(), generic, length) != 0 ||
      ::listen(listener_.get(), 64) != 0 || ::getsockname(listener_.get(), generic, &length) != 0) {
    throw Error(ErrorKind::unavailable, "no port of 127.0.0.1 to listen on");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_clients(); });
}

HttpServer::~HttpServer() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  acceptor_.join();
  sessions_.clear();  // joins
  for (const int fd : open_) ::close(fd);
}

std::string HttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void HttpServer::accept_clients() {
  while (true) {
    os::UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    const std::scoped_lock lock(mutex_);
    if (ended_) return;
    ++connections_;
    open_.push_back(::fcntl(client.get(), F_DUPFD_CLOEXEC, 0));
    sessions_.emplace_back([this, fd = std::move(client)]() mutable { serve(std::move(fd)); });
  }
}

void HttpServer::serve(os::UniqueFd client) {
  const int at_once = 1;
  ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  std::string buffer;
  HttpPeer peer(client.get());
  while (peer.is_open()) {
    const auto request = read_request(client.get(), buffer);
    if (!request) break;
    handler_(*request, peer);
  }
  ::shutdown(client.get(), SHUT_RDWR);  // the copy in open_ would keep it open
}

std::string http_exchange(int port, const std::string& request, bool answers_body) {
  const os::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw Error(ErrorKind::unavailable, "nobody listens on port " + std::to_string(port));
  }
  send_all(fd.get(), request);
  std::string answer;
  while (true) {
    const std::size_t end = answer.find(kEndOfHead);
    if (end != std::string::npos) {
      const auto headers = headers_of(answer.substr(0, end + kEndOfHead.size()));
      const auto length = headers.find("content-length");
      const bool known = length != headers.end();
      const std::size_t body = known && answers_body ? std::stoul(length->second) : 0;
      if ((known || !answers_body) && answer.size() >= end + kEndOfHead.size() + body) break;
      if (answer.starts_with("HTTP/1.1 204")) break;
      if (headers.contains("transfer-encoding") && answer.ends_with("\r\n0\r\n\r\n")) break;
    }
    if (!receive_more(fd.get(), answer)) break;
  }
  return answer;
}

}  // namespace lifeboat::harness
