// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/icons.h"

#include "widgets/base/theme.h"

#include <QCache>
#include <QIconEngine>
#include <QPainter>
#include <QResource>
#include <QSvgRenderer>

namespace pilothouse::ui {
namespace {

struct PictureKey {
    QString name;
    QRgb ink, knockout;
    QSizeF size;
    double ratio;
    bool operator==(const PictureKey &) const = default;
};
size_t qHash(const PictureKey &key, size_t seed = 0) {
    return qHashMulti(seed, key.name, key.ink, key.knockout, key.size.width(), key.size.height(), key.ratio);
}

QString resourceName(const QString &name) { return QStringLiteral(":/icons/%1.svg").arg(name); }

class TintedEngine final : public QIconEngine {
public:
    explicit TintedEngine(QString name) : m_name(std::move(name)) {}
    QIconEngine *clone() const override { return new TintedEngine(m_name); }
    QString iconName() override { return m_name; }
    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override {
        paintIcon(*painter, rect, m_name, ink(mode));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override {
        return iconPixmap(m_name, size, ink(mode), tokens(nullptr).bg1, 1);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal) override { return pixmap(size, mode, QIcon::Off); }

private:
    static QColor ink(QIcon::Mode mode) {
        const Tokens &t = tokens(nullptr);
        return mode == QIcon::Disabled ? t.t3 : mode == QIcon::Normal ? t.t2 : t.t1;
    }
    QString m_name;
};

} // namespace

bool hasIcon(const QString &name) { return QResource(resourceName(name)).isValid(); }

QPixmap iconPixmap(const QString &name, const QSizeF &size, const QColor &ink, const QColor &knockout, double ratio) {
    static QCache<PictureKey, QPixmap> cache(2000); // small ones: some hundred kilobytes. GUI thread
    const PictureKey key{name, ink.rgba(), knockout.rgba(), size, ratio};
    if (const QPixmap *known = cache.object(key))
        return *known;
    const QResource file(resourceName(name));
    if (!file.isValid() || size.isEmpty())
        return {};
    QByteArray text = file.uncompressedData();
    text.replace("currentColor", ink.name().toLatin1());
    text.replace("knockout", (knockout.isValid() ? knockout : tokens(nullptr).bg1).name().toLatin1());
    QSvgRenderer renderer(text);
    QPixmap pixmap((size * ratio).toSize());
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(QPointF(0, 0), pixmap.size()));
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    cache.insert(key, new QPixmap(pixmap));
    return pixmap;
}

void paintIcon(QPainter &painter, const QRectF &rect, const QString &name, const QColor &ink, const QColor &knockout) {
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    const QPixmap pixmap = iconPixmap(name, rect.size(), ink, knockout, ratio);
    if (!pixmap.isNull())
        painter.drawPixmap(rect.topLeft(), pixmap);
}

QIcon icon(const QString &name) { return QIcon(new TintedEngine(name)); }

} // namespace pilothouse::ui
