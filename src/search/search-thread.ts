import {workerData} from 'node:worker_threads'
import {answerRequests} from '../foundation/thread.js'
import {type CrewData, endOf, type UnitRequest} from './crew.js'
import {type UnitResult, workshopOf} from './workshop.js'

const data = workerData as CrewData
const workshop = workshopOf(data.task)
const isOver = endOf(data)

answerRequests<UnitRequest, UnitResult>(({unit, known}) => ({result: workshop(unit, known, isOver)}))
