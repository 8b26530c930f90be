// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/quality_gate.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/drift/drift.h"

#include <QFileInfo>

namespace pilothouse::learn {

namespace {

Result<data::ExpectedSchema> schemaOfPackage(const QString &folder) {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    const QString file = folder + QStringLiteral("/profile.json");
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    PH_ASSIGN(const drift::Profile profile, drift::Profile::fromJson(object, file));
    data::ExpectedSchema schema;
    schema.name = folder;
    schema.times = false;
    QSet<QString> inFile;
    for (const QJsonValue &column : package.data.value(QLatin1String("schema")).toArray())
        inFile.insert(column[QLatin1String("name")].toString());
    for (const drift::ColumnProfile &column : profile.columns) {
        if (package.signature.task == workspace::TaskKind::Forecast && column.name.contains(QLatin1Char('@')))
            continue; // a step of the window; its series stands there, too
        if (!inFile.isEmpty() && !inFile.contains(column.name))
            continue; // made by a step (lag, rolling, calendar): no file has it
        data::ExpectedColumn expected;
        expected.name = column.name;
        expected.type = column.kind;
        if (column.kind == data::ColumnType::Number && column.present > 0) {
            expected.min = column.min;
            expected.max = column.max;
        }
        expected.categories = QSet<QString>(column.categories.begin(), column.categories.end());
        expected.allCategories = column.otherCount == 0;
        schema.columns.push_back(std::move(expected));
    }
    return schema;
}

/// The columns that the recipe learns from or predicts; where it takes all, also those that only the reference has: one that went is not used any more.
QStringList usedColumns(const workspace::Recipe &recipe, const data::Table &table, const std::optional<data::ExpectedSchema> &expected) {
    QStringList unused = recipe.exclude;
    if (recipe.time)
        unused << recipe.time->column << recipe.time->parts;
    QStringList used;
    QStringList names = recipe.include.isEmpty() ? table.names() : recipe.include;
    for (const data::ExpectedColumn &column : expected && recipe.include.isEmpty() ? expected->columns : std::vector<data::ExpectedColumn>())
        if (!names.contains(column.name))
            names << column.name;
    for (const QString &name : names)
        if (!unused.contains(name) && !recipe.data.where.contains(name))
            used << name;
    for (const QString &target : recipe.targets())
        if (!used.contains(target))
            used << target;
    return used;
}

} // namespace

Result<data::ExpectedSchema> qualityReference(const QString &path, const workspace::Recipe &like, std::stop_token stop) {
    const QFileInfo info(path);
    if (!info.exists())
        return notFound(QStringLiteral("The quality reference is not there."), path, QStringLiteral("Name a data file or a model package that was right."));
    if (info.isDir())
        return schemaOfPackage(info.absoluteFilePath());
    workspace::Recipe other = like;
    other.data.source = info.absoluteFilePath();
    other.data.fetched.clear(); // it lies here, wherever the recipe's own data comes from
    other.data.fetchedSha256.clear();
    PH_ASSIGN(const data::LoadedTable loaded, data::loadData(other, stop));
    return data::schemaOf(loaded.table, other.data.source);
}

Result<std::optional<data::QualityReport>> checkQuality(const workspace::Recipe &recipe, const data::LoadedTable &loaded, std::stop_token stop) {
    if (!recipe.quality)
        return std::optional<data::QualityReport>();
    std::optional<data::ExpectedSchema> expected;
    if (!recipe.quality->reference.isEmpty()) {
        PH_ASSIGN(expected, qualityReference(recipe.quality->reference, recipe, stop));
    }
    data::QualityReport report = data::qualityOf(loaded, data::profileOf(loaded), expected ? &*expected : nullptr, usedColumns(recipe, loaded.table, expected));
    const QStringList failed = data::failedQualityGates(report, recipe.quality->gates);
    if (!failed.isEmpty())
        return refused(QStringLiteral("The data does not pass its quality gates, so nothing was trained. %1.").arg(failed.join(QStringLiteral("; "))), recipe.data.source,
                       QStringLiteral("Correct the data, or change `quality:` in the recipe; `pilot profile` shows every finding."));
    return std::optional(std::move(report));
}

} // namespace pilothouse::learn
