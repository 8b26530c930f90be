// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QDateTime>

#include <vector>

namespace pilothouse::pipelines {

/// A container of Azure's blob store, or a folder of one, with the signed query that lets one in. The query is a secret: it is in no error, and no token goes along with it.
struct AzureContainer {
    QString url; ///< "https://ACCOUNT.blob.core.windows.net/CONTAINER"
    QString sas; ///< "sv=…&sig=…"
    QString caFile;
    QString address(const QString &blob) const; ///< signed
};
/// Out of "https://…/CONTAINER?sv=…&sig=…". Refused: an address over which the signature would travel in the open.
Result<AzureContainer> azureContainer(const QString &signedAddress, const QString &caFile);
/// A signature of the account's key for reading and listing a container (service SAS, version 2021-08-06).
QString azureSignature(const QString &account, const QString &container, const QByteArray &key, const QDateTime &until);

struct AzureBlob {
    QString name;
    qint64 bytes = -1;
    QString md5; ///< hex; empty: the store has none
};
/// Those whose names begin so, over all pages. Places that only stand for a folder are left out.
Result<std::vector<AzureBlob>> azureBlobs(net::HttpClient &http, const AzureContainer &container, const QString &prefix, std::stop_token token = {});
/// A file as a block blob. The store compares the digest with what it got and keeps it. May be sent again: it is the same bytes at the same place.
Result<void> putAzureBlob(net::HttpClient &http, const AzureContainer &container, const QString &name, const QString &file, const QByteArray &md5, std::stop_token token = {});

} // namespace pilothouse::pipelines
