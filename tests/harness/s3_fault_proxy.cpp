#include "harness/s3_fault_proxy.h"

#include "harness/s3_server.h"
#include "store/s3_signature.h"

namespace lifeboat::harness {

S3FaultProxy::S3FaultProxy(int port)
    : behind_(port),
      server_([this](const HttpRequest& request, HttpPeer& peer) { serve(request, peer); }) {}

void S3FaultProxy::fault(const std::string& method, const std::string& part, Fault fault,
                         int times) {
  const std::scoped_lock lock(mutex_);
  rules_.push_back({method, part, std::move(fault), times});
}

std::vector<std::string> S3FaultProxy::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void S3FaultProxy::forget_requests() {
  const std::scoped_lock lock(mutex_);
  requests_.clear();
}

bool S3FaultProxy::all_happened() const {
  const std::scoped_lock lock(mutex_);
  return rules_.empty();
}

S3FaultProxy::Fault S3FaultProxy::fault_for(const HttpRequest& request) {
  const std::scoped_lock lock(mutex_);
  requests_.push_back(request.method + " " + request.target.substr(0, request.target.find('?')));
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    if (rule->method != request.method || request.target.find(rule->part) == std::string::npos) {
      continue;
    }
    Fault fault = rule->fault;
    if (--rule->left == 0) rules_.erase(rule);
    return fault;
  }
  return nullptr;
}

void S3FaultProxy::serve(const HttpRequest& request, HttpPeer& peer) {
  const Forward forward = [&] {
    return http_exchange(behind_, request.head + request.body, request.method != "HEAD");
  };
  if (const Fault fault = fault_for(request)) return fault(request, peer, forward);
  peer.send(forward());
}

std::string s3_error(const std::string& code) {
  return "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>";
}

S3FaultProxy::Fault answers(int status, const std::string& body,
                            const std::vector<std::string>& headers) {
  return [=](const HttpRequest& request, HttpPeer& peer, const S3FaultProxy::Forward&) {
    peer.send(http_answer(status, request.method == "HEAD" ? "" : body, headers));
  };
}

S3FaultProxy::Fault acts_but_answers(int status, const std::string& body) {
  return [=](const HttpRequest&, HttpPeer& peer, const S3FaultProxy::Forward& forward) {
    static_cast<void>(forward());
    peer.send(http_answer(status, body));
  };
}

S3FaultProxy::Fault acts_but_cuts_after(std::size_t bytes) {
  return [=](const HttpRequest&, HttpPeer& peer, const S3FaultProxy::Forward& forward) {
    peer.send(forward().substr(0, bytes));
    peer.hang_up();
  };
}

S3FaultProxy::Fault acts_but_stalls_after(std::size_t bytes) {
  return [=](const HttpRequest&, HttpPeer& peer, const S3FaultProxy::Forward& forward) {
    peer.send(forward().substr(0, bytes));
    peer.wait_for_the_client_to_go();
  };
}

S3FaultProxy::Fault hangs_up() {
  return [](const HttpRequest&, HttpPeer& peer, const S3FaultProxy::Forward&) { peer.hang_up(); };
}

S3FaultProxy::Fault ignores_the_condition(int port) {
  return [=](const HttpRequest& request, HttpPeer& peer, const S3FaultProxy::Forward&) {
    store::S3Request plain;
    plain.method = http::Method::put;
    plain.host = request.header("host");
    plain.path = request.target;
    plain.body = as_bytes(request.body);
    std::string text = "PUT " + request.target + " HTTP/1.1\r\nHost: " + plain.host + "\r\n";
    for (const http::Header& header :
         store::sign_s3(plain, S3Server::owner(), "us-east-1", SystemClock().now())) {
      text += header.name + ": " + header.value + "\r\n";
    }
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
    peer.send(http_exchange(port, text, true));
  };
}

}  // namespace lifeboat::harness
