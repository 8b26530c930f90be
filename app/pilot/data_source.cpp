// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/data_source.h"

#include "core/base/memory.h"
#include "core/base/pace.h"
#include "core/fleet/vaults.h"

#include <QDir>
#include <QFileInfo>

namespace pilothouse {

using sources::LocalFile;
using sources::SourceKind;
using sources::SourceSpec;

void DataVersion::addTo(CLI::App &app) {
    app.add_option("--data-version", version, "Earlier data: an S3 version id, or a Git revision of what DVC tracks");
    app.add_option("--connection", connection, "Workspace connection of kind s3 that may read the data");
}

CLI::Option *addMaxMemory(CLI::App &app) {
    return app.add_option_function<std::uint64_t>("--max-memory", [](const std::uint64_t &bytes) { limitMemory(qint64(bytes)); },
                                                  "Refuse what needs more memory than this, such as 4GiB (default: what machine, container and ulimit -v leave)")
        ->transform(CLI::AsSizeValue(false));
}

QString dataArgument(const std::string &text) {
    const QString source = QString::fromStdString(text);
    switch (sources::sourceKind(source)) {
    case SourceKind::Http:
    case SourceKind::S3: return source;
    case SourceKind::Dvc:
        if (source.startsWith(QLatin1String("dvc:")))
            return QStringLiteral("dvc:") + QFileInfo(source.mid(4)).absoluteFilePath();
        break;
    case SourceKind::File:
        if (source.contains(QLatin1String("://"))) // to be refused by its name, not as a path
            return source;
        break;
    }
    return QFileInfo(source).absoluteFilePath();
}

Result<sources::Access> dataAccess(const Context &context) {
    sources::Access access;
    const auto file = workspace::findWorkspace(context.workspaceOption, QDir::currentPath());
    if (!file && !context.workspaceOption.isEmpty())
        return file.error();
    if (file) {
        PH_ASSIGN(access.workspace, workspace::readWorkspace(*file));
    }
    access.secrets = secrets::chainedStore({secrets::environmentStore(), secrets::keychainStore()});
    access.http = std::make_shared<net::HttpClient>();
    if (access.workspace)
        access.secrets = fleet::workspaceSecrets(*access.workspace, access.http, access.secrets);
    return access;
}

Result<LocalFile> fetchData(Context &context, const SourceSpec &spec) {
    PH_ASSIGN(const sources::Cache cache, sources::Cache::open());
    PH_ASSIGN(const sources::Access access, dataAccess(context));
    Pace pace;
    const auto progress = [&](qint64 done, qint64 total) {
        if (pace.due(done, total))
            context.events().progress(done, total, QStringLiteral("bytes"), -1, QStringLiteral("fetch"));
    };
    PH_ASSIGN(LocalFile file, sources::fetchSource(spec, access, cache, context.stop(), progress));
    if (!file.origin.isEmpty())
        context.events().log(QStringLiteral("info"), QStringLiteral("%1 (%2 bytes, SHA-256 %3…)%4").arg(file.origin.value(QLatin1String("source")).toString()).arg(file.bytes).arg(file.sha256.left(12),
                             file.origin.value(QLatin1String("from_cache")).toBool() ? QStringLiteral(" is unchanged: the copy in %1 is used.").arg(cache.folder()) : QStringLiteral(" was fetched into %1.").arg(cache.folder())));
    return file;
}

Result<void> fetchData(Context &context, workspace::DataSpec &data, const DataVersion &given) {
    if (!given.version.empty())
        data.version = QString::fromStdString(given.version);
    if (!given.connection.empty())
        data.connection = QString::fromStdString(given.connection);
    if (sources::sourceKind(data.source) == SourceKind::File && data.version.isEmpty() && data.connection.isEmpty() && !data.source.contains(QLatin1String("://")))
        return {}; // as ever: who reads it says what is wrong with it
    PH_ASSIGN(const LocalFile file, fetchData(context, SourceSpec{data.source, data.connection, data.version}));
    data.fetched = file.path;
    data.fetchedSha256 = file.sha256;
    data.origin = file.origin.toVariantMap();
    return {};
}

} // namespace pilothouse
