// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/folding_choice.h"

#include "widgets/base/field.h"

#include <QHBoxLayout>
#include <QSignalBlocker>

#include <algorithm>

namespace pilothouse::ui {

FoldingChoice::FoldingChoice(const QString &name, const QString &accessible, QWidget *parent) : QWidget(parent), m_beside(new SegmentedControl), m_box(new Choice) {
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_beside);
    row->addWidget(m_box);
    row->setSizeConstraint(QLayout::SetNoConstraint); // its own hints count
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_beside->setObjectName(name);
    m_box->setObjectName(name + QStringLiteral("Box"));
    for (QWidget *part : {static_cast<QWidget *>(m_beside), static_cast<QWidget *>(m_box)})
        part->setAccessibleName(accessible);
    m_box->hide();
    connect(m_beside, &SegmentedControl::currentChanged, this, [this](const QString &id) {
        setCurrent(id);
        Q_EMIT currentChanged(id);
    });
    connect(m_box, &QComboBox::currentIndexChanged, this, [this] {
        const QString id = m_box->currentData().toString();
        m_beside->setCurrent(id);
        Q_EMIT currentChanged(id);
    });
}

void FoldingChoice::setSegments(std::vector<SegmentedControl::Segment> segments) {
    QStringList texts;
    QVariantList ids;
    for (const SegmentedControl::Segment &segment : segments) {
        texts << segment.text;
        ids << segment.id;
    }
    m_beside->setSegments(std::move(segments));
    const QSignalBlocker quiet(m_box);
    m_box->setItems(texts, ids);
    setCurrent(m_beside->current());
    updateGeometry();
    fold();
}

QString FoldingChoice::current() const { return m_beside->current(); }

void FoldingChoice::setCurrent(const QString &id) {
    const QSignalBlocker quiet(m_box);
    m_beside->setCurrent(id);
    m_box->setCurrentIndex(m_box->findData(m_beside->current()));
}

QWidget *FoldingChoice::shown() const { return m_folded ? static_cast<QWidget *>(m_box) : m_beside; }

QSize FoldingChoice::sizeHint() const { return {m_beside->sizeHint().width(), std::max(m_beside->sizeHint().height(), m_box->sizeHint().height())}; }

QSize FoldingChoice::minimumSizeHint() const { return {std::min(Theme::of(this).px(160), sizeHint().width()), sizeHint().height()}; }

void FoldingChoice::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    fold();
}

void FoldingChoice::fold() {
    const bool folded = width() < m_beside->sizeHint().width();
    if (folded == m_folded)
        return;
    const bool focused = shown()->hasFocus();
    m_folded = folded;
    m_beside->setVisible(!folded);
    m_box->setVisible(folded);
    if (focused)
        shown()->setFocus();
}

} // namespace pilothouse::ui
