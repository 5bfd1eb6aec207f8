import {parentPort, workerData} from 'node:worker_threads'
import {type CrewData, endOf, type UnitRequest} from './crew.js'
import {workshopOf} from './workshop.js'

const data = workerData as CrewData
const workshop = workshopOf(data.task)
const isOver = endOf(data)

parentPort?.on('message', ({unit, known}: UnitRequest) => {
  parentPort?.postMessage(workshop(unit, known, isOver))
})
