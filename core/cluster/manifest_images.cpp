// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/manifest_images.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>
#include <functional>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

bool isContainerList(const QString &key) { return key == Q("containers") || key == Q("initContainers") || key == Q("ephemeralContainers"); }

/// Every container below a value: `visit` may give another image.
QJsonValue walk(const QJsonValue &value, const std::function<QString(const QString &container, const QString &image)> &visit) {
    if (value.isArray()) {
        QJsonArray list = value.toArray();
        for (QJsonArray::iterator it = list.begin(); it != list.end(); ++it)
            *it = walk(*it, visit);
        return list;
    }
    if (!value.isObject())
        return value;
    QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!isContainerList(it.key()) || !it.value().isArray()) {
            it.value() = walk(it.value(), visit);
            continue;
        }
        QJsonArray list = it.value().toArray();
        for (QJsonArray::iterator c = list.begin(); c != list.end(); ++c) {
            QJsonObject container = (*c).toObject();
            if (container.value(Q("image")).isString()) {
                container.insert(Q("image"), visit(container.value(Q("name")).toString(), container.value(Q("image")).toString()));
                *c = container;
            }
        }
        it.value() = list;
    }
    return object;
}

bool fits(const ImageFill &fill, const QString &container, const QString &image) {
    const QString name = imageParts(image).name;
    return name == fill.name || name.endsWith(QLatin1Char('/') + fill.name) || container == fill.name;
}

} // namespace

ImageParts imageParts(const QString &image) {
    const qsizetype digest = image.indexOf(QLatin1Char('@'));
    const qsizetype colon = image.lastIndexOf(QLatin1Char(':'), digest < 0 ? -1 : digest - image.size() - 1);
    const qsizetype slash = image.lastIndexOf(QLatin1Char('/'));
    const qsizetype cut = colon > slash ? colon : digest; // a colon before the last slash is a port
    return cut < 0 ? ImageParts{image, {}} : ImageParts{image.left(cut), image.mid(cut)};
}

std::vector<ContainerImage> containerImages(const QJsonObject &object) {
    std::vector<ContainerImage> out;
    walk(object, [&](const QString &container, const QString &image) {
        out.push_back({container, image});
        return image;
    });
    return out;
}

Result<ImageFill> parseImageFill(const QString &text, const QString &commit) {
    const qsizetype equals = text.indexOf(QLatin1Char('='));
    ImageFill fill{text.left(equals), text.mid(equals + 1)};
    if (equals <= 0 || fill.tag.isEmpty())
        return invalid(QStringLiteral("“%1” names no image and tag.").arg(text), {}, QStringLiteral("Write NAME=TAG, as mlops-api=3f1c2ab or mlops-api={commit}."));
    static const QRegularExpression place(QStringLiteral("\\{commit(?::([0-9]+))?\\}"));
    for (auto found = place.match(fill.tag); found.hasMatch(); found = place.match(fill.tag)) {
        if (commit.isEmpty())
            return invalid(QStringLiteral("“%1” asks for the commit of the manifests, which are in no Git repository.").arg(text), {}, QStringLiteral("Write the tag itself."));
        const int digits = found.captured(1).isEmpty() ? 7 : std::clamp(found.captured(1).toInt(), 4, 40);
        fill.tag.replace(found.capturedStart(), found.capturedLength(), commit.left(digits));
    }
    static const QRegularExpression good(QStringLiteral("^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|[a-z0-9]+:[0-9a-f]{32,})$"));
    if (!good.match(fill.tag).hasMatch())
        return invalid(QStringLiteral("“%1” is neither a tag nor a digest.").arg(fill.tag), {}, QStringLiteral("A tag has letters, digits, “_”, “.” and “-”; a digest is sha256:…"));
    return fill;
}

Result<std::vector<FilledImage>> fillImages(std::vector<Manifest> &manifests, const std::vector<ImageFill> &fills) {
    std::vector<FilledImage> out;
    std::vector<bool> used(fills.size(), false);
    QStringList all;
    for (Manifest &m : manifests) {
        m.object = walk(m.object, [&](const QString &container, const QString &image) {
            all << imageParts(image).name;
            for (std::size_t i = 0; i < fills.size(); ++i) {
                if (!fits(fills[i], container, image))
                    continue;
                used[i] = true;
                const QString now = imageParts(image).name + (fills[i].tag.contains(QLatin1Char(':')) ? QLatin1Char('@') : QLatin1Char(':')) + fills[i].tag;
                out.push_back({m.place, m.text(), container, image, now});
                return now;
            }
            return image;
        }).toObject();
    }
    all.removeDuplicates();
    for (std::size_t i = 0; i < fills.size(); ++i)
        if (!used[i])
            return invalid(QStringLiteral("No container of these manifests has the image “%1”.").arg(fills[i].name), {},
                           all.isEmpty() ? QStringLiteral("They name no image at all.") : QStringLiteral("There are: %1.").arg(all.join(QStringLiteral(", "))));
    return out;
}

std::optional<int> tagOrder(const QString &a, const QString &b) {
    if (a == b)
        return 0;
    // Numbers with the same words around them: v33 and v34, 1.9.0-cpu and 1.10.0-cpu, build-7 and build-12, 20260101 and 20260203.
    static const QRegularExpression number(QStringLiteral("[0-9]+"));
    const auto split = [](const QString &tag, QStringList &words, QStringList &numbers) {
        qsizetype from = 0;
        for (auto it = number.globalMatch(tag); it.hasNext();) {
            const auto match = it.next();
            words << tag.mid(from, match.capturedStart() - from);
            numbers << match.captured();
            from = match.capturedEnd();
        }
        words << tag.mid(from);
    };
    static const QRegularExpression hex(QStringLiteral("^[0-9a-f]{7,40}$")), digits(QStringLiteral("^[0-9]+$"));
    if (hex.match(a).hasMatch() && hex.match(b).hasMatch() && !(digits.match(a).hasMatch() && digits.match(b).hasMatch()))
        return std::nullopt; // commits
    QStringList wordsA, wordsB, numbersA, numbersB;
    split(a, wordsA, numbersA);
    split(b, wordsB, numbersB);
    if (numbersA.isEmpty() || numbersB.isEmpty())
        return std::nullopt;
    const qsizetype both = std::min(numbersA.size(), numbersB.size());
    for (qsizetype i = 0; i < both; ++i) {
        if (wordsA[i] != wordsB[i])
            return std::nullopt;
        const QString x = numbersA[i], y = numbersB[i];
        if (x.toULongLong() != y.toULongLong())
            // 1.10 beside 1.9.2: the first number that differs decides, whatever follows.
            return x.toULongLong() < y.toULongLong() ? -1 : 1;
    }
    if (numbersA.size() == numbersB.size())
        return std::nullopt;
    return numbersA.size() < numbersB.size() ? -1 : 1;
}

} // namespace pilothouse::cluster
