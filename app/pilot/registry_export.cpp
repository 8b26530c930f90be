// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry export MODEL[@VERSION|@ALIAS] DIR [--overwrite]
//     writes exactly the files that the model's recipe names (`export: [ws2m.pt]`) into DIR; nothing after the name means its champion, and MODEL may
//     also be a package folder. Each file is read back and must answer the package's sample rows as the package does, within 1e-5, before it
//     takes its name. {"model","package","digest","files":[…learn::ExportedFile::toJson()]}. Exit 1: it would answer otherwise; nothing is written.
#include "app/pilot/registry_export.h"

#include "app/pilot/model_ref.h"

#include "core/fleet/model_place.h"
#include "core/learn/export_model.h"

#include <QFileInfo>
#include <QJsonArray>

#include <memory>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model, folder;
    bool overwrite = false;
};

/// MODEL as resolveModel() takes it: NAME alone is its champion, NAME@4 is NAME/4; the workspace's own name for a model is taken too.
Result<QString> referenceOf(Context &context, const QString &text) {
    if (QFileInfo(text).isDir() || text.contains(QLatin1Char('/')))
        return text;
    PH_ASSIGN(const auto services, context.services());
    const qsizetype at = text.lastIndexOf(QLatin1Char('@'));
    const QString name = at < 0 ? text : text.left(at);
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, name));
    const QString which = at < 0 ? place.champion : text.mid(at + 1);
    bool isNumber = false;
    (void)which.toInt(&isNumber);
    return name + QLatin1Char(isNumber ? '/' : '@') + which;
}

Result<void> exportIt(Context &context, const Options &options) {
    PH_ASSIGN(const QString reference, referenceOf(context, QString::fromStdString(options.model)));
    PH_ASSIGN(const ModelRef ref, resolveModel(context, reference));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(ref.folder));
    PH_ASSIGN(const auto files, learn::exportModel(package, QFileInfo(QString::fromStdString(options.folder)).absoluteFilePath(), options.overwrite));
    QJsonArray list;
    QStringList lines;
    for (const learn::ExportedFile &file : files) {
        list.append(file.toJson());
        lines << QStringLiteral("%1 (%2, %3 bytes): answers %4 rows as the package does, within %5").arg(file.path, file.format).arg(file.bytes).arg(file.rows).arg(file.worst, 0, 'g', 2);
    }
    context.answer({{Q("model"), ref.label()}, {Q("package"), package.folder}, {Q("digest"), package.digest}, {Q("files"), list}},
                   QStringLiteral("%1 is exported:\n%2").arg(ref.label(), lines.join(QLatin1Char('\n'))));
    return {};
}

} // namespace

void addRegistryExport(CLI::App &registry, VerbBody &body) {
    auto options = std::make_shared<Options>();
    auto *add = registry.add_subcommand("export", "Write the files that a model's recipe names for a service: TorchScript .pt, XGBoost .json or .ubj");
    add->fallthrough();
    add->add_option("MODEL", options->model, "NAME (its champion), NAME@ALIAS, NAME@VERSION, NAME/VERSION or a package folder")->required();
    add->add_option("DIR", options->folder, "Folder for the files; it is made")->required();
    add->add_flag("--overwrite", options->overwrite, "Replace files of these names, each at one stroke");
    add->callback([options, &body] { body = [options](Context &context) { return exportIt(context, *options); }; });
}

} // namespace pilothouse
