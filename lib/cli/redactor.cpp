#include "cli/redactor.h"

#include <algorithm>
#include <array>
#include <optional>

#include "config/credential.h"
#include "config/secret_reference.h"

namespace lifeboat::cli {
namespace {

constexpr std::size_t kShortestMasked = 4;
constexpr std::size_t kLongAsASecret = 40;

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

std::string percent_encoded(std::string_view text, std::string_view digits) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return encoded;
}

/// The password of a URL, as mask_passwords() finds it.
std::string_view password_in(std::string_view url) {
  const std::string masked = config::mask_passwords(url);
  const std::size_t begin = masked.find("***");
  if (masked == url || begin == std::string::npos) return {};
  const std::size_t behind = masked.size() - begin - 3;
  return url.substr(begin, url.size() - behind - begin);
}

bool names_role(std::string_view word) {
  return std::any_of(config::kRoles.begin(), config::kRoles.end(),
                     [word](config::Role role) { return config::name_of(role) == word; });
}

/// Credentials keep their role, so that a message stays useful: "lifeboat-writer-1***". A path such
/// as /srv/lifeboat-prod-1/vault stays whole; what is as long as a secret does not, whatever it
/// calls itself.
std::string mask_credentials(std::string text) {
  static constexpr std::string_view kStart = "lifeboat-";
  static constexpr std::string_view kSealed = "sealed-";
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  static constexpr std::string_view kBody =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/%";
  for (std::size_t at = text.find(kStart); at != std::string::npos;
       at = text.find(kStart, at + kStart.size())) {
    const bool is_sealed = text.compare(at + kStart.size(), kSealed.size(), kSealed) == 0;
    const std::size_t role = at + kStart.size() + (is_sealed ? kSealed.size() : 0);
    const std::size_t role_end = text.find_first_not_of(kLetters, role);
    if (role_end == std::string::npos || text.compare(role_end, 2, "-1") != 0) continue;
    const std::size_t body = role_end + 2;
    const std::size_t end = std::min(text.find_first_not_of(kBody, body), text.size());
    const bool is_credential = names_role(std::string_view(text).substr(role, role_end - role)) ||
                               std::min(text.find('/', body), end) - body >= kLongAsASecret;
    if (end > body && is_credential) text.replace(body, end - body, "***");
  }
  return text;
}

}  // namespace

void Redactor::remember_text(const std::string& text) {
  if (text.size() < kShortestMasked) return;
  secrets_.insert(text);
}

void Redactor::remember(const Secret& secret) {
  const std::string& text = secret.reveal();
  const std::string password(password_in(text));
  const std::scoped_lock lock(mutex_);
  for (const std::string& form : {text, password, percent_decoded(password)}) {
    remember_text(form);
    remember_text(percent_encoded(form, "0123456789ABCDEF"));
    remember_text(percent_encoded(form, "0123456789abcdef"));
  }
}

void Redactor::remember_environment(const config::Environment& environment) {
  static constexpr std::array<std::string_view, 7> kSecretVariables = {
      "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "BUCKETEER_AWS_SECRET_ACCESS_KEY",
      "CLOUDFLARE_API_TOKEN",  "HEROKU_API_KEY",    "PGPASSWORD",
      "LIFEBOAT_PASSPHRASE"};
  for (const auto& [name, value] : environment.variables()) {
    const bool known =
        std::find(kSecretVariables.begin(), kSecretVariables.end(), name) != kSecretVariables.end();
    if (known || config::holds_password(value)) remember(Secret(value));
  }
}

std::string Redactor::redact(std::string_view text) const {
  std::string redacted(text);
  {
    const std::scoped_lock lock(mutex_);
    for (const std::string& secret : secrets_) {
      for (std::size_t at = redacted.find(secret); at != std::string::npos;
           at = redacted.find(secret, at + 3)) {
        redacted.replace(at, secret.size(), "***");
      }
    }
  }
  return mask_credentials(config::mask_passwords(redacted));
}

}  // namespace lifeboat::cli
