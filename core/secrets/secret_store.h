// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QHash>
#include <QString>

#include <memory>
#include <vector>

namespace pilothouse::secrets {

/// Secrets by name. Values never reach a file, an argument, an environment of a child, a log or an Error.
/// read(): NotFound = no entry (ask the user); Denied = the user said no (do not nag); Unreachable = no keychain here.
/// Blocking; any thread with a QCoreApplication.
class SecretStore {
public:
    virtual ~SecretStore() = default;
    virtual QString name() const = 0; ///< "keychain", "environment", "memory"
    virtual Result<QString> read(const QString &secret) = 0;
    virtual Result<void> write(const QString &secret, const QString &value) = 0;
    virtual Result<void> remove(const QString &secret) = 0;
};

/// The OS keychain by QtKeychain; plain-text fallback stays off.
std::shared_ptr<SecretStore> keychainStore();
/// For tests and "this run only".
std::shared_ptr<SecretStore> memoryStore(QHash<QString, QString> initial = {});
/// Read-only: PILOTHOUSE_SECRETS_FD (JSON object, by the console), PILOTHOUSE_SECRET_<NAME>, PILOTHOUSE_SECRET_<NAME>_FILE; the
/// name in upper case, every other character than A–Z 0–9 as "_".
std::shared_ptr<SecretStore> environmentStore();
/// "PILOTHOUSE_SECRET_MY_KEY" of "my-key".
QString environmentVariable(const QString &secret);
/// Asks each in order until one has it; writes go to the first that can write.
std::shared_ptr<SecretStore> chainedStore(std::vector<std::shared_ptr<SecretStore>> stores);
/// The one function that builds a keychain key from workspace and secret name.
QString keychainKey(const QString &secret);

} // namespace pilothouse::secrets
