#include "vault/signing.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::vault {
namespace {

Bytes message(std::string_view label, const VaultId& vault, ByteView content) {
  Bytes bytes;
  bytes.reserve(label.size() + 1 + VaultId::kSize + content.size());
  append(bytes, signing_prefix(label, vault));
  append(bytes, content);
  return bytes;
}

}  // namespace

Bytes signing_prefix(std::string_view label, const VaultId& vault) {
  Bytes bytes;
  append(bytes, as_bytes(label));
  bytes.push_back(0);
  append(bytes, vault.view());
  return bytes;
}

Bytes signed_in_place(const seal::SigningKey& key, Bytes prefix_and_content,
                      std::size_t prefix_bytes) {
  const auto signature = seal::sign(key, prefix_and_content);
  append(prefix_and_content, signature);
  prefix_and_content.erase(prefix_and_content.begin(),
                           prefix_and_content.begin() + static_cast<std::ptrdiff_t>(prefix_bytes));
  return prefix_and_content;
}

Bytes signed_object(const seal::SigningKey& key, std::string_view label, const VaultId& vault,
                    Bytes content) {
  const auto signature = seal::sign(key, message(label, vault, content));
  append(content, signature);
  return content;
}

ByteView verified_content(const ByteArray<32>& public_key, std::string_view label,
                          const VaultId& vault, ByteView stored, std::string_view what) {
  ByteArray<64> signature;
  if (stored.size() < signature.size()) {
    throw Error(ErrorKind::corrupt, std::string(what) + " is too short to be signed");
  }
  const ByteView content = stored.first(stored.size() - signature.size());
  std::ranges::copy(stored.last(signature.size()), signature.begin());
  if (!seal::signature_fits(public_key, message(label, vault, content), signature)) {
    throw Error(ErrorKind::corrupt, std::string(what) + " has a signature that does not fit");
  }
  return content;
}

}  // namespace lifeboat::vault
