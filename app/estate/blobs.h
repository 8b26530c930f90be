// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <map>
#include <set>

namespace pilothouse::estate {

/// Object storage behind signed addresses, where GitHub keeps logs and Azure ML its outputs: another origin than theirs. A request that carries Authorization beside the
/// signature is refused with 400, as these stores do (BACKEND_APIS.md §3: "many stores answer 400 when both are present"); a signature ends after its minutes (403).
class BlobStandIn : public StandIn {
public:
    QString name() const override { return QStringLiteral("blobs"); }
    Answer answer(const Call &call) override;
    /// Keeps `bytes` under `path` ("logs/1.txt").
    void keep(const QString &path, const QByteArray &bytes, const QByteArray &type = "text/plain");
    /// The address under which `path` may be read for `seconds`; `base` is where this listens.
    QString signedUrl(const QString &base, const QString &path, int seconds = 60);
    const std::map<QString, QByteArray> &kept() const { return m_kept; }
    /// control: keep {path, base64, type} (GitHub and Azure ML put there what they link to); damage {path} changes a byte of what is kept and leaves its checksum; kept {} lists the paths.
    QJsonObject control(const QString &verb, const QJsonObject &details) override;

private:
    QDateTime now() const { return m_now.isValid() ? m_now : QDateTime::currentDateTimeUtc(); }
    std::map<QString, QByteArray> m_kept, m_types, m_sums;
    std::set<QString> m_damaged;
};

} // namespace pilothouse::estate
