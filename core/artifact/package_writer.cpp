// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package_writer.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/data/csv_field.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cmath>
#include <cstdio>

namespace pilothouse::artifact {

namespace {

using Q = QLatin1String;

/// A text that would read as "missing", or lose blanks, is quoted.
QByteArray wholeField(const QByteArray &text) { return text.isEmpty() || text.trimmed() != text ? data::csvQuoted(text) : data::csvField(text); }

QJsonObject inputExample(const PackageContents &contents) {
    QJsonArray columns, rows;
    for (const Input &input : contents.signature.inputs)
        columns.append(input.name);
    const Rows &example = contents.sample ? contents.sample->inputs : contents.example;
    const std::size_t count = std::min<std::size_t>(example.count, 5);
    for (std::size_t i = 0; i < count; ++i) {
        QJsonArray row;
        for (std::size_t k = 0; k < contents.signature.inputs.size(); ++k) {
            const Input &input = contents.signature.inputs[k];
            const double value = example.row(i)[k];
            if (input.type == data::ColumnType::Category && value >= 0)
                row.append(QString::fromStdString(input.categories[std::size_t(value)]));
            else
                row.append(input.type == data::ColumnType::Category ? QJsonValue() : jsonNumber(value));
        }
        rows.append(row);
    }
    return {{Q("columns"), columns}, {Q("data"), rows}};
}

Result<void> fill(const QString &folder, PackageContents &contents, const std::function<Result<QStringList>(const QString &)> &writeWeights) {
    PH_ASSIGN(contents.ml.weightFiles, writeWeights(folder));
    QMap<QString, QByteArray> files = pythonFiles(contents.ml);
    files.insert(QStringLiteral("MLmodel"), writeMlModel(contents.ml, contents.signature, contents.sample ? contents.sample->inputs : contents.example));
    files.insert(QStringLiteral("signature.json"), prettyJson(contents.signature.toJson()));
    files.insert(QStringLiteral("preprocessing.json"), prettyJson(contents.preprocessing));
    files.insert(QStringLiteral("metrics.json"), prettyJson(contents.metrics));
    files.insert(QStringLiteral("data.json"), prettyJson(contents.data));
    files.insert(QStringLiteral("recipe.json"), prettyJson(contents.recipe));
    files.insert(QStringLiteral("recipe.yaml"), contents.recipeYaml);
    files.insert(QStringLiteral("profile.json"), canonicalJson(contents.profile));
    if (!contents.predictions.isEmpty())
        files.insert(QStringLiteral("predictions.json"), canonicalJson(contents.predictions));
    files.insert(QStringLiteral("input_example.json"), prettyJson(inputExample(contents)));
    files.insert(QStringLiteral("MODEL_CARD.md"), modelCard(contents));
    files.insert(QStringLiteral("train_rows.u64"), trainRowFile(contents.trainRows));
    if (contents.sample)
        files.insert(QStringLiteral("sample.csv"), sampleCsv(*contents.sample, contents.signature));
    for (auto it = files.begin(); it != files.end(); ++it) {
        const QString path = folder + QLatin1Char('/') + it.key();
        PH_TRY(makeFolder(QFileInfo(path).absolutePath()));
        PH_TRY(writeFileAtomically(path, it.value()));
    }
    return {};
}

} // namespace

QByteArray sampleCsv(const LabelledRows &rows, const Signature &signature) {
    QByteArray out;
    QStringList names;
    for (const Input &input : signature.inputs)
        names << input.name;
    for (const QString &output : signature.outputs)
        names << output;
    for (const QString &name : std::as_const(names)) {
        if (!out.isEmpty())
            out += ',';
        out += wholeField(name.toUtf8());
    }
    out += '\n';
    const std::size_t outputs = rows.width();
    for (std::size_t i = 0; i < std::min(rows.inputs.count, sampleLimit); ++i) {
        for (std::size_t k = 0; k < signature.inputs.size(); ++k) {
            const double value = rows.inputs.row(i)[k];
            if (signature.inputs[k].type == data::ColumnType::Number)
                out += data::csvNumber(value);
            else if (value >= 0)
                out += wholeField(QByteArray::fromStdString(signature.inputs[k].categories[std::size_t(value)]));
            else if (!std::isnan(value))
                out += wholeField("(not seen in training)"); // keeps it apart from "missing", which may be imputed
            out += ',';
        }
        for (std::size_t o = 0; o < outputs; ++o) {
            const double value = rows.targets[i * outputs + o];
            if (signature.classes.empty())
                out += data::csvNumber(value);
            else
                out += wholeField(QByteArray::fromStdString(signature.classes[std::size_t(value)]));
            out += o + 1 < outputs ? ',' : '\n';
        }
    }
    return out;
}

Result<QString> writePackage(const QString &folder, PackageContents contents, const std::function<Result<QStringList>(const QString &)> &writeWeights) {
    if (QFileInfo::exists(folder))
        return Error{ErrorKind::Conflict, QStringLiteral("A folder of this name is there already; a package is never overwritten."), folder,
                     QStringLiteral("Choose another --out, or move the old folder away."), {}};
    PH_TRY(makeFolder(QFileInfo(folder).absolutePath()));
    // What a write that was killed has left: it never became a package.
    const QFileInfo target(folder);
    for (const QString &left : target.dir().entryList({target.fileName() + QStringLiteral(".tmp-*")}, QDir::Dirs | QDir::Hidden))
        QDir(target.dir().filePath(left)).removeRecursively();
    const QString temporary = folder + QStringLiteral(".tmp-") + randomHex(4);
    const auto write = [&]() -> Result<QString> {
        PH_TRY(makeFolder(temporary));
        PH_TRY(fill(temporary, contents, writeWeights));
        PH_ASSIGN(const QString digest, sealPackage(temporary));
        if (std::rename(QFile::encodeName(temporary).constData(), QFile::encodeName(folder).constData()) != 0)
            return fileError(QStringLiteral("rename"), folder);
        PH_TRY(syncFolder(QFileInfo(folder).absolutePath()));
        return digest;
    };
    Result<QString> written = write();
    if (!written)
        QDir(temporary).removeRecursively();
    return written;
}

} // namespace pilothouse::artifact
