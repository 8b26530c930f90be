// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <map>
#include <set>

namespace pilothouse::estate {

/// Object storage behind signed addresses, where GitHub keeps logs and Azure ML its outputs: another origin than theirs. A request that carries Authorization beside the
/// signature is refused with 400, as these stores do (BACKEND_APIS.md §3: "many stores answer 400 when both are present"); a signature ends after its minutes (403).
/// Below /estatestore/CONTAINER/ it is an account of Azure's store: a container's signature (service SAS of the account's key) lets one list, read, in pieces (Range), and put block blobs, whose
/// Content-MD5 is compared and kept.
class BlobStandIn : public StandIn {
public:
    QString name() const override { return QStringLiteral("blobs"); }
    Answer answer(const Call &call) override;
    /// Keeps `bytes` under `path` ("logs/1.txt").
    void keep(const QString &path, const QByteArray &bytes, const QByteArray &type = "text/plain");
    /// The address under which `path` may be read for `seconds`; `base` is where this listens.
    QString signedUrl(const QString &base, const QString &path, int seconds = 60);
    /// The query of a container's signature, with permissions of "rcwl".
    QString containerSignature(const QString &container, const QString &permissions, int seconds) const;
    static QByteArray accountKey(); ///< base64
    const std::map<QString, QByteArray> &kept() const { return m_kept; }
    /// control: keep {path, base64, type} (GitHub and Azure ML put there what they link to); damage {path} changes a byte of what is kept and leaves its checksum; kept {} lists the paths; digest {path} gives
    /// the content hash of a code asset that lies below it: {sha256, files}.
    QJsonObject control(const QString &verb, const QJsonObject &details) override;

private:
    Answer account(const Call &call, const QString &path);
    Answer listed(const Call &call, const QString &container) const;
    Answer given(const Call &call, const QString &path) const;
    QDateTime now() const { return m_now.isValid() ? m_now : QDateTime::currentDateTimeUtc(); }
    std::map<QString, QByteArray> m_kept, m_types, m_sums;
    std::set<QString> m_damaged;
};

} // namespace pilothouse::estate
