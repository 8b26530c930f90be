// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/export.h"

#include "core/fleet/save_export.h"
#include "widgets/base/theme.h"
#include "widgets/base/toast.h"

#include <QBuffer>
#include <QFileDialog>
#include <QImage>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

/// A model may have a name that no file can have.
QString fileName(QString name) {
    static const QRegularExpression odd(QStringLiteral("[^\\p{L}\\p{N}._@+-]+"));
    return name.replace(odd, QStringLiteral("-"));
}

} // namespace

QByteArray csvField(const QString &text) {
    QByteArray out = text.toUtf8();
    if (out.contains(',') || out.contains('"') || out.contains('\n'))
        out = '"' + out.replace("\"", "\"\"") + '"';
    return out;
}

QByteArray csvNumber(double value) { return std::isnan(value) ? QByteArray() : QByteArray::number(value, 'g', QLocale::FloatingPointShortest); }

void saveAs(const PanelContext &context, QWidget *owner, const QString &name, const QString &filter, const ExportBytes &bytes) {
    auto *dialog = new QFileDialog(owner->window(), ExportButton::tr("Save"), QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(name.section(QLatin1Char('.'), -1));
    dialog->selectFile(fileName(name));
    QObject::connect(dialog, &QFileDialog::fileSelected, owner, [context, owner, bytes](const QString &file) {
        if (!context.fleet)
            return;
        const auto saving = startTask<QString>(context.fleet->pools().waiting, [file, bytes](std::stop_token) -> Result<QString> {
            PH_TRY(fleet::saveExport(file, bytes()));
            return file;
        });
        deliver(saving, owner, [toasts = context.toasts](const Result<QString> &saved) {
            if (!toasts)
                return;
            if (saved)
                toasts->show(State::Ok, ExportButton::tr("Saved"), *saved);
            else
                toasts->showError(saved.error());
        });
    });
    dialog->open();
}

ExportBytes pngOf(QWidget &shown) {
    QImage picture(shown.size() * 2, QImage::Format_ARGB32_Premultiplied);
    picture.setDevicePixelRatio(2);
    picture.fill(tokens(&shown).bg1);
    shown.render(&picture, {}, {}, QWidget::DrawChildren);
    return [picture] {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        picture.save(&buffer, "PNG");
        return bytes;
    };
}

ExportBytes svgOf(QWidget &shown) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setResolution(shown.logicalDpiX());
    svg.setSize(shown.size());
    svg.setViewBox(QRect(QPoint(0, 0), shown.size()));
    svg.setTitle(shown.accessibleName());
    QPainter painter(&svg);
    painter.fillRect(QRect(QPoint(0, 0), shown.size()), tokens(&shown).bg1);
    shown.render(&painter, {}, {}, QWidget::DrawChildren);
    painter.end();
    return [bytes] { return bytes; };
}

QStringList exportActions(const QString &id, bool svg) {
    QStringList ids{id + QLatin1String("Csv"), id + QLatin1String("Png")};
    if (svg)
        ids << id + QLatin1String("Svg");
    return ids;
}

void addExport(const PanelContext &context, QWidget *owner, const QString &panel, const QString &id, const Export &give) {
    const auto add = [&](const QString &actionId, const QString &text, QLatin1String end, const QString &filter, const std::function<ExportBytes()> &bytes, const std::function<QString()> &also = {}) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = QStringLiteral("download");
        spec.section = ExportButton::tr("Commands");
        spec.panel = panel;
        spec.blocked = [blocked = give.blocked, also](const QString &) {
            const QString reason = blocked();
            return reason.isEmpty() && also ? also() : reason;
        };
        spec.run = [context, owner, name = give.name, end, filter, bytes](const QString &, const QString &) { saveAs(context, owner, name() + end, filter, bytes()); };
        context.actions->add(spec);
    };
    const QStringList ids = exportActions(id, true);
    add(ids[0], ExportButton::tr("Save %1 as CSV…").arg(give.what), QLatin1String(".csv"), ExportButton::tr("Tables (*.csv)"), give.csv);
    add(ids[1], ExportButton::tr("Save %1 as PNG…").arg(give.what), QLatin1String(".png"), ExportButton::tr("Pictures (*.png)"), give.png);
    if (give.svg)
        add(ids[2], ExportButton::tr("Save %1 as SVG…").arg(give.what), QLatin1String(".svg"), ExportButton::tr("Drawings (*.svg)"), give.svg, give.svgBlocked);
}

ExportButton::ExportButton(ActionCatalogue &actions, const QStringList &ids, QWidget *parent) : Button(ExportButton::tr("Save…"), ButtonKind::Ghost, parent), m_catalogue(actions), m_ids(ids) {
    setGlyph(QStringLiteral("download"));
    setPixelHeight(24);
    setAccessibleName(tr("Save as CSV or PNG"));
    connect(this, &QAbstractButton::clicked, this, &ExportButton::openMenu);
    refreshMenu();
}

void ExportButton::refreshMenu() {
    const bool any = std::any_of(m_ids.begin(), m_ids.end(), [this](const QString &id) { return m_catalogue.find(id) && m_catalogue.blocked(id).isEmpty(); });
    setBlocked(any ? QString() : m_catalogue.blocked(m_ids.front()));
    if (any)
        setToolTip(accessibleName());
}

void ExportButton::openMenu() {
    QMenu *menu = m_catalogue.menu(m_ids, {}, this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(mapToGlobal(QPoint(0, height())));
    if (const auto first = menu->actions(); !first.isEmpty())
        menu->setActiveAction(first.front()); // the keyboard is in it
}

} // namespace pilothouse::ui
