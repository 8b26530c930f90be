// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <vector>

namespace pilothouse::pipelines {

/// A local folder that goes to Azure ML as the code of a job.
struct AzureCode {
    struct File {
        QString path; ///< relative, with "/"
        qint64 bytes = 0;
        QByteArray md5; ///< raw
    };
    QString folder;          ///< absolute
    std::vector<File> files; ///< by path in lower case, as the digest counts them
    qint64 bytes = 0;
    QString sha256;          ///< the content hash that the service knows a code asset by (hash_sha256, version 202208), the same that its CLI makes
    QString ignoredBy;       ///< ".amlignore", ".gitignore"; empty: there is neither
    QString assetName() const; ///< follows from the digest: the same code is one asset
};

/// Reads and digests every file that neither .amlignore nor, where there is none, .gitignore leaves out; .git never goes along. NotFound: no such folder. Refused: a link that leads out of the
/// folder, more than 300 MB or 10,000 files, nothing left.
Result<AzureCode> readAzureCode(const QString &folder);

} // namespace pilothouse::pipelines
