// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/volume_payload.h"

#include "core/base/hash.h"

#include <QFileInfo>
#include <QJsonObject>
#include <QTemporaryDir>

namespace pilothouse::rollouts {

using Q = QLatin1String;
using Annotations = cluster::DeploymentPayload::Annotations;

namespace {

const QString pathKey = QStringLiteral("pilothouse.weights"), shaKey = QStringLiteral("pilothouse.weights.sha256"), beforeKey = QStringLiteral("pilothouse.weights.before"),
              keptKey = QStringLiteral("pilothouse.weights.kept");

/// Under which name a file is kept once another has come: by its content, so that every revision finds its own.
QString keptName(const QString &path, const QString &sha256) { return QStringLiteral("%1.before-%2").arg(volumeFileName(path), sha256.left(12)); }

class VolumePayload final : public cluster::DeploymentPayload {
public:
    VolumePayload(std::shared_ptr<const cluster::KubeApi> api, VolumeUpdate update, ExportTo exportTo, std::function<void(int)> sleep) : m_api(std::move(api)), m_update(std::move(update)), m_export(std::move(exportTo)), m_sleep(std::move(sleep)) {}

    Result<Annotations> put(const QString &packageFolder, const Annotations &now) const override {
        VolumeUpdate update = m_update;
        update.file = packageFolder + QLatin1Char('/') + volumeFileName(update.path);
        const QTemporaryDir exported;
        if (!QFileInfo(update.file).isFile() && m_export) {
            update.file = exported.filePath(volumeFileName(update.path));
            PH_TRY(m_export(packageFolder, exported.path()));
        }
        if (!QFileInfo(update.file).isFile())
            return notFound(QStringLiteral("The package has no %1, and its recipe exports none.").arg(volumeFileName(update.path)), packageFolder, QStringLiteral("Name it in the recipe, `export: [%1]`, and train again.").arg(volumeFileName(update.path)));
        PH_ASSIGN(const VolumeFile file, VolumeFile::read(m_api, update, m_sleep));
        PH_ASSIGN(const QByteArray bytes, file.bytes());
        Hasher hasher(Hasher::Kind::Sha256);
        hasher.add(bytes);
        const QString sha256 = hasher.hex();
        if (now.value(pathKey) == update.path && now.value(shaKey) == sha256)
            return now; // the same file for another version: what stands there is right
        const QString known = now.value(pathKey) == update.path ? now.value(shaKey) : QString();
        const QString kept = known.isEmpty() ? QStringLiteral("%1.before-%2").arg(volumeFileName(update.path), file.id) : keptName(update.path, known);
        PH_ASSIGN(const QString before, file.write(bytes, sha256, kept));
        return Annotations{{pathKey, update.path}, {shaKey, sha256}, {beforeKey, before}, {keptKey, before == Q("-") ? QString() : kept}};
    }

    Result<void> putBack(const Annotations &to, const Annotations &now) const override {
        if (now.value(pathKey) != m_update.path || (to.value(pathKey) == m_update.path && to.value(shaKey) == now.value(shaKey)))
            return {}; // nothing of ours is there, or what is wanted is
        const bool told = to.value(pathKey) == m_update.path;
        if (!told && now.value(beforeKey).isEmpty())
            return refused(QStringLiteral("Nobody knows which %1 the pods of that revision read.").arg(m_update.path), m_update.workload.text(), QStringLiteral("Promote the version that it was."));
        const QString sha256 = told ? to.value(shaKey) : now.value(beforeKey);
        const bool direct = sha256 == now.value(beforeKey); // the one right before it lies where its write has put it
        PH_ASSIGN(const VolumeFile file, VolumeFile::read(m_api, m_update, m_sleep));
        return file.putBack(direct && !now.value(keptKey).isEmpty() ? now.value(keptKey) : keptName(m_update.path, sha256), sha256);
    }

private:
    std::shared_ptr<const cluster::KubeApi> m_api;
    VolumeUpdate m_update;
    ExportTo m_export;
    std::function<void(int)> m_sleep;
};

} // namespace

std::shared_ptr<const cluster::DeploymentPayload> volumePayload(std::shared_ptr<const cluster::KubeApi> api, const VolumeUpdate &update, ExportTo exportTo, std::function<void(int)> sleep) {
    return std::make_shared<VolumePayload>(std::move(api), update, std::move(exportTo), std::move(sleep));
}

} // namespace pilothouse::rollouts
